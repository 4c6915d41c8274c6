// Sets light or dark before anything is painted. A file of its own because the server's policy allows no inline script.
;(function () {
  var stored
  try {
    stored = localStorage.getItem('mantine-color-scheme-value')
  } catch {
    stored = null
  }
  var dark = stored === 'dark' || (stored !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
})()
