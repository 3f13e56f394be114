# Words of the pages. Keys are grouped by page; what several pages use stands first.

## Frame
app-name = Svod
