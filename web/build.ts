/** Bundles the page, the documentation and the report into dist/web: `node web/build.ts`. */
import { copyFile, cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const repository = dirname(import.meta.dirname);
const output = join(repository, 'dist', 'web');
const names = ['page', 'docs', 'report'];

await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: names.flatMap((name) => [
    { in: join(name, `${name}.tsx`), out: name },
    { in: join('style', `${name}.css`), out: name },
  ]),
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
});
for (const name of ['page', 'docs']) await copyFile(join(import.meta.dirname, name, `${name}.html`), join(output, `${name}.html`));
await cp(join(repository, 'node_modules', 'preact', 'LICENSE'), join(output, 'preact-license.txt'));
