import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import { withoutJsonSchema } from '../scripts/without-json-schema.ts'

export default defineConfig({
  base: '/phone/',
  plugins: [
    react(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src',
      filename: 'service-worker.ts',
      injectRegister: false,
      injectManifest: { globPatterns: ['**/*.{js,css,html,svg,wasm}', 'icons/icon-192.png'] },
      manifest: {
        id: '/phone/',
        name: 'Pli',
        short_name: 'Pli',
        description: 'Messagerie scellée entre soignants',
        lang: 'fr',
        start_url: '/phone/',
        scope: '/phone/',
        display: 'standalone',
        orientation: 'portrait',
        background_color: '#F3F2EF',
        theme_color: '#41378C',
        categories: ['medical'],
        icons: [
          { src: 'icons/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icons/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: 'icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
    }),
  ],
  worker: { format: 'es', plugins: () => [withoutJsonSchema()] },
  build: { target: 'es2023', sourcemap: false, manifest: true },
})
