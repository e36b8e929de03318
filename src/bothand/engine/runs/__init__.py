"""How is the work shared out, and what is kept of it? Nothing here knows of models or dollars.

running: tasks run by an executor, finished ones taken from the store. executors: threads, processes.
cluster: the same over Dask, if it is installed. store: a folder of finished chunks.
parcel: a value of arrays as bytes and back, without pickle. joining: blocks of draws cut and joined.
provenance: what a chunk was made by and from, as a key.
"""
