// Checks the types of the dashboard: vue-tsc on this package's own TypeScript, which is older than the tracker's.

const tsc = require.resolve('typescript/lib/tsc');
process.argv.push('--noEmit', '-p', __dirname);
require('vue-tsc').run(tsc);
