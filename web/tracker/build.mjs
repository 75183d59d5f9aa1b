// Builds the tracker's scripts into the package that serves them. `--check` writes nothing and fails if a script is too big
// or differs from what is committed.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { minify } from 'terser';

const here = dirname(fileURLToPath(import.meta.url));
export const OUTPUT = join(here, '../../layers/shared/tidemark/web_static');

/** Script, source, most bytes when compressed (kB of 1,000 bytes). */
export const SCRIPTS = [
  ['tidemark.js', 'src/main.ts', 7000],
  ['tidemark-lite.js', 'src/lite.ts', 1200],
  ['tidemark-more.js', 'src/more/main.ts', 4000],
  ['tidemark-vitals.js', 'src/vitals.ts', 4000],
];

/** Internal names end in an underscore; only those are shortened, everything else is somebody's interface. */
const INTERNAL = /[a-z]_$/;

export const compile = async (source) => {
  const { outputFiles } = await build({
    entryPoints: [join(here, source)],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'none',
    mangleProps: INTERNAL,
    minify: true,
  });
  // One pass more: esbuild's names compress well, terser's rewriting is thorough. Inlining would make it bigger.
  const { code } = await minify(outputFiles[0].text, {
    ecma: 2020,
    module: true,
    compress: { passes: 5, inline: 1, reduce_funcs: false, pure_getters: true, collapse_vars: false },
    mangle: true,
  });
  return `(()=>{${code.replace(/;$/, '')}})();\n`;
};

export const compressedSize = (code) => gzipSync(code, { level: 9 }).length;

const isMain = process.argv[1] === fileURLToPath(import.meta.url);
if (isMain) {
  const isCheck = process.argv.includes('--check');
  mkdirSync(OUTPUT, { recursive: true });
  for (const [name, source, limit] of SCRIPTS) {
    const code = await compile(source);
    const size = compressedSize(code);
    const path = join(OUTPUT, name);
    console.log(`${name}: ${size} bytes compressed of at most ${limit}, ${code.length} plain`);
    if (!isCheck) {
      writeFileSync(path, code);
    } else if (readFileSync(path, 'utf8') !== code) {
      console.error(`${name} is not what its source gives: call 'make web'.`);
      process.exitCode = 1;
    }
    if (size > limit) {
      console.error(`${name} is ${size - limit} bytes too big.`);
      process.exitCode = 1;
    }
  }
}
