import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig, type HtmlTagDescriptor, type Plugin } from 'vite'

/** Libraries that change seldom get files of their own, so that a release of ours leaves most of the cache valid. */
function chunkName(id: string): string | undefined {
  if (/[\\/]node_modules[\\/](react|react-dom|scheduler)[\\/]/.test(id)) return 'react'
  if (id.includes('@tanstack')) return 'tanstack'
  return undefined
}

/** Lets the browser fetch the two fonts of every page together with the script: no text changes its face later. */
function preloadFonts(): Plugin {
  const wanted = /assets\/(?:inter|jetbrains-mono)-latin-wght-normal.*\.woff2$/
  return {
    name: 'preload-fonts',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }): HtmlTagDescriptor[] =>
        Object.keys(bundle ?? {})
          .filter((file) => wanted.test(file))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'preload', href: `/${file}`, as: 'font', type: 'font/woff2', crossorigin: true },
            injectTo: 'head',
          })),
    },
  }
}

export default defineConfig({
  base: '/',
  plugins: [react(), preloadFonts()],
  // `source` takes the domain from its TypeScript, so the app needs no build of it.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: true,
    // Fonts and icons stay files: the server's policy allows no data: fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rollupOptions: { output: { manualChunks: chunkName } },
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: { '/api': { target: process.env['AUDIT_URL'] ?? 'http://127.0.0.1:4000', changeOrigin: false } },
  },
})
