// Runs before anything is painted and before the app is read. A file of its own because the server's policy allows no
// inline script.
;(function () {
  var stored
  try {
    stored = localStorage.getItem('mantine-color-scheme-value')
  } catch {
    stored = null
  }
  var dark = stored === 'dark' || (stored !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')

  // What the app asks for first is asked for now, while the browser still reads its code: src/api/begun-requests.ts takes it.
  var path = location.pathname
  if (/^\/(sign-in|setup|invitation|reset-password)(\/|$)/.test(path)) return
  var addresses = ['/api/v1/session']
  if (/^\/audit-log(\/|$)/.test(path) && location.search === '')
    addresses.push('/api/v1/events?q=-is%3Anoise&limit=100')
  var begun = (window.begunRequests = new Map())
  for (var address of addresses) {
    var answer = fetch(address, {
      credentials: 'same-origin',
      cache: 'no-store',
      headers: { accept: 'application/json' },
    })
    // Read to its end though nobody may take it, as on a page that is not there: a request that is not read stays open.
    // Whoever takes it sees the failure.
    answer
      .then(function (response) {
        return response.clone().arrayBuffer()
      })
      .catch(function () {})
    begun.set(address, answer)
  }
})()
