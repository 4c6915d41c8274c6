import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'

// Each library that changes on its own clock gets its own file, so that a release of ours leaves most of the cache valid.
function chunkName(id: string): string | undefined {
  if (!id.includes('node_modules')) return undefined
  if (id.includes('sql-formatter') || id.includes('nearley')) return undefined
  if (/[\\/]node_modules[\\/](react|react-dom|scheduler)[\\/]/.test(id)) return 'react'
  if (id.includes('@tanstack')) return 'tanstack'
  return undefined
}

export default defineConfig({
  base: '/',
  plugins: [react()],
  // `source` takes the domain from its TypeScript, so the app needs no build of it.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: true,
    // Fonts and icons stay files: the server's policy allows no data: fonts.
    assetsInlineLimit: 0,
    rollupOptions: { output: { manualChunks: chunkName } },
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: { '/api': { target: process.env['AUDIT_URL'] ?? 'http://127.0.0.1:4000', changeOrigin: false } },
  },
})
