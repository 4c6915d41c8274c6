import * as z from 'zod'

// The domain's schemas come along with its search language. zod would try `new Function`, which the server's policy
// forbids and reports in the console. This module must be imported before any that makes a schema.
z.config({ jitless: true })
