import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));

// In development, reports come from the instance at this address.
const INSTANCE = process.env.TIDEMARK_URL ?? 'http://127.0.0.1:8080';

/** The page names at once what it asks for in any case: who is signed in, and the parts of its first view. */
const preload = {
  name: 'preload',
  transformIndexHtml: {
    order: 'post',
    handler: (html, { bundle }) => {
      const link = (attrs) => ({ tag: 'link', attrs, injectTo: 'head' });
      const session = link({ rel: 'preload', href: '/auth/session', as: 'fetch', crossorigin: 'anonymous' });
      const chunks = Object.values(bundle ?? {}).filter((one) => one.type === 'chunk');
      const overview = chunks.find((one) => one.facadeModuleId?.endsWith('OverviewPage.vue'));
      const named = [overview, ...chunks.filter((one) => overview?.imports.includes(one.fileName))].filter((one) => one && !html.includes(one.fileName));
      const scripts = named.map((one) => link({ rel: 'modulepreload', href: `/${one.fileName}`, crossorigin: true }));
      const styles = named.flatMap((one) => [...one.viteMetadata.importedCss]).map((file) => link({ rel: 'preload', href: `/${file}`, as: 'style', crossorigin: true }));
      return [session, ...scripts, ...styles];
    },
  },
};

export default defineConfig({
  root: here,
  plugins: [vue(), preload],
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
    // What is needed at once in one file, what most pages need in a second; the rest comes with what asks for it.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'vendor', test: /node_modules/, tags: ['$initial'] },
            { name: 'shell', test: /src[\\/](?!main)/, tags: ['$initial'] },
            { name: 'report', test: /(uplot|virtual|src[\\/](report|charts[\\/](Line|Spark)|components[\\/](EmptyNote|WhenSeen|CardColumns|columns)))/, minShareCount: 2 },
            { name: 'popups', test: /node_modules[\\/](reka-ui|@floating-ui|@vueuse)/, minShareCount: 2 },
          ],
        },
      },
    },
  },
});
