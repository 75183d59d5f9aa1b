// Builds the dashboard into the package that serves it. `--check` builds elsewhere and fails if the overview needs too much
// JavaScript or the result differs from what is committed.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
export const OUTPUT = join(here, '../../layers/shared/tidemark/web_static/app');
/** kB of 1,000 bytes that the overview's first load may have, compressed. */
export const FIRST_LOAD_LIMIT = 250_000;
const FIRST_PAGES = ['index.html', 'src/pages/OverviewPage.vue'];

const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => relative(folder, join(one.parentPath, one.name)))
    .sort();

/** The scripts that these sources load at once, with what they import. */
export function firstLoad(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const files = new Set();
  const add = (key) => {
    const { file, imports = [] } = manifest[key];
    if (files.has(file)) return;
    files.add(file);
    imports.forEach(add);
  };
  FIRST_PAGES.forEach(add);
  const sizes = [...files].map((file) => [file, gzipSync(readFileSync(join(folder, file)), { level: 9 }).length]);
  return { sizes, total: sizes.reduce((sum, [, size]) => sum + size, 0) };
}

function differences(expected, found) {
  const [all, others] = [filesBelow(expected), filesBelow(found)];
  const changed = all.filter((file) => others.includes(file) && !readFileSync(join(expected, file)).equals(readFileSync(join(found, file))));
  return [...changed, ...all.filter((file) => !others.includes(file)), ...others.filter((file) => !all.includes(file))];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isCheck = process.argv.includes('--check');
  const folder = isCheck ? mkdtempSync(join(tmpdir(), 'dashboard-')) : OUTPUT;
  await build({ configFile: join(here, 'vite.config.mjs'), logLevel: 'warn', build: { outDir: folder } });
  const { sizes, total } = firstLoad(folder);
  console.log(`dashboard: ${total} bytes of JavaScript compressed for the overview, of at most ${FIRST_LOAD_LIMIT}, in ${sizes.length} files`);
  if (total > FIRST_LOAD_LIMIT) {
    console.error(`The overview's first load is ${total - FIRST_LOAD_LIMIT} bytes too big.`);
    process.exitCode = 1;
  }
  if (isCheck) {
    const changed = differences(folder, OUTPUT);
    if (changed.length) {
      console.error(`The committed dashboard is not what its sources give (${changed.slice(0, 5).join(', ')}): call 'make web'.`);
      process.exitCode = 1;
    }
    rmSync(folder, { recursive: true });
  }
}
