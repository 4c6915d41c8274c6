import './ui/mantine-styles.ts'
import '@fontsource-variable/inter/index.css'
import '@fontsource-variable/jetbrains-mono/index.css'
import './ui/base.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { isApiError } from './api/api-error.ts'
import { sessionQuery } from './api/session.ts'
import { createAppRouter } from './routes.tsx'
import { resolveCssVariables, theme } from './theme.ts'

const retriesMax = 2

const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      // The session ended while the page was open: ask again who is signed in, which leads to the sign-in.
      if (isApiError(error, 'unauthenticated') && query.queryKey[0] !== sessionQuery.queryKey[0]) {
        queryClient.removeQueries({ queryKey: sessionQuery.queryKey })
        void router.invalidate()
      }
    },
  }),
  defaultOptions: {
    queries: {
      retry: (failures, error) =>
        failures < retriesMax &&
        (isApiError(error, 'unreachable') ||
          isApiError(error, 'unavailable') ||
          isApiError(error, 'overloaded')),
      refetchOnReconnect: true,
    },
  },
})
const router = createAppRouter(queryClient)

const root = document.querySelector('#root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={resolveCssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-right" limit={4} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
