/**
 * How both apps are built: React, an installable shell with a service worker, and a worker of their own. They differ in
 * where they live and in how they stand. Not concerned with icons (`make-icons.ts`) or weight (`check-budget.ts`).
 */
import react from '@vitejs/plugin-react'
import { defineConfig, type UserConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import { withoutJsonSchema } from './without-json-schema.ts'

export interface AppBuild {
  /** Path on the origin, also the scope of the service worker. */
  base: string
  orientation?: 'portrait'
}

export function buildApp({ base, orientation }: AppBuild): UserConfig {
  return defineConfig({
    base,
    plugins: [
      react(),
      VitePWA({
        strategies: 'injectManifest',
        srcDir: 'src',
        filename: 'service-worker.ts',
        injectRegister: false,
        injectManifest: { globPatterns: ['**/*.{js,css,html,svg,wasm}', 'icons/icon-192.png'] },
        manifest: {
          id: base,
          name: 'Pli',
          short_name: 'Pli',
          description: 'Messagerie scellée entre soignants',
          lang: 'fr',
          start_url: base,
          scope: base,
          display: 'standalone',
          ...(orientation === undefined ? {} : { orientation }),
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
}
