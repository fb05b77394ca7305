/** Bundles the page, the documentation and the report into dist/web: `node web/build.ts`. */
import { copyFile, cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const repository = dirname(import.meta.dirname);
const output = join(repository, 'dist', 'web');
const entries = (names: readonly string[]) =>
  names.flatMap((name) => [
    { in: join(name, `${name}.tsx`), out: name },
    { in: join('style', `${name}.css`), out: name },
  ]);
const options: BuildOptions = {
  absWorkingDir: import.meta.dirname,
  outdir: output,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2023',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  // Backticks are escaped and `</script>` is cut by esbuild, so that the report can hold its script.
  charset: 'ascii',
  legalComments: 'none',
  banner: { js: '/*! With Preact, MIT license: see preact-license.txt beside this file, or https://github.com/preactjs/preact */' },
  logLevel: 'warning',
};

// What the pages of the server have in common is a file of its own; the report is whole in itself.
await build({ ...options, entryPoints: entries(['page', 'docs']), splitting: true, chunkNames: 'shared' });
await build({ ...options, entryPoints: entries(['report']) });
for (const name of ['page', 'docs']) await copyFile(join(import.meta.dirname, name, `${name}.html`), join(output, `${name}.html`));
await cp(join(repository, 'node_modules', 'preact', 'LICENSE'), join(output, 'preact-license.txt'));
