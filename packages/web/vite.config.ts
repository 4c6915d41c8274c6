import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig, type HtmlTagDescriptor, type Plugin } from 'vite'

/**
 * Libraries that change seldom get files of their own, so that a release of ours leaves most of the cache valid. Whatever
 * else is there at the first view is one file: a browser asks for six at a time.
 */
const groups = [
  { name: 'react', test: /[\\/]node_modules[\\/](?:react|react-dom|scheduler)[\\/]/, priority: 3 },
  { name: 'tanstack', test: /[\\/]node_modules[\\/]@tanstack[\\/]/, priority: 2 },
  { name: 'first-view', tags: ['$initial' as const], priority: 1 },
]

/** Puts a compressed file beside each text file, which the server sends in its place to who takes it. */
function compress(): Plugin {
  const [byGzip, byBrotli] = [promisify(gzip), promisify(brotliCompress)]
  return {
    name: 'compress',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        const texts = Object.values(bundle).filter(({ fileName }) => /\.(?:js|css|html|svg)$/.test(fileName))
        await Promise.all(
          texts.map(async (file) => {
            const text = Buffer.from(file.type === 'asset' ? file.source : file.code)
            if (text.length < compressedMin) return
            const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
            const [gz, br] = await Promise.all([byGzip(text, { level: 9 }), byBrotli(text, { params })])
            this.emitFile({ type: 'asset', fileName: `${file.fileName}.gz`, source: gz })
            this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source: br })
          }),
        )
      },
    },
  }
}

/** Less fits into one packet anyway. */
const compressedMin = 1200

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
  plugins: [react(), preloadFonts(), compress()],
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
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: { '/api': { target: process.env['AUDIT_URL'] ?? 'http://127.0.0.1:4000', changeOrigin: false } },
  },
})
