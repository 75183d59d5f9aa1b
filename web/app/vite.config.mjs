import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));

// In development, reports come from the instance at this address.
const INSTANCE = process.env.TIDEMARK_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: here,
  plugins: [vue()],
  resolve: { alias: { '@': join(here, 'src') } },
  define: { __VUE_OPTIONS_API__: false, __VUE_PROD_DEVTOOLS__: false },
  server: { proxy: Object.fromEntries(['/index.php', '/auth', '/openapi.json', '/api'].map((path) => [path, INSTANCE])) },
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    outDir: join(here, '../../layers/shared/tidemark/web_static/app'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
    reportCompressedSize: false,
    manifest: 'manifest.json',
    // What every page needs in one file each, not in dozens; maps and charts stay apart.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'vendor', test: /node_modules[\\/](?!echarts|zrender|topojson-client|world-atlas|i18n-iso-countries)/ },
            { name: 'shared', test: /src[\\/](api|components|i18n|charts[\\/](Line|Spark)|[a-z]+\.ts)/, minShareCount: 2 },
          ],
        },
      },
    },
  },
});
