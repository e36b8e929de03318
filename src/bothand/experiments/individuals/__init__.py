"""What expectations cannot say: a county's own people, one by one.

counties: the county again and again, with luck of its own each time. courses: ten thousand lives.
"""
