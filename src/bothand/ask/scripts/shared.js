// With scripts a page is alive; without, it is a form to print. Nothing here asks a network or keeps anything.
document.documentElement.classList.add("live");
