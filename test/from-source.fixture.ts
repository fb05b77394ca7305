import { registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import manifest from '../package.json' with { type: 'json' };

const repository = dirname(import.meta.dirname);

/** Resolves `el4ner` and its subpaths to the sources, so that what users would write runs without a build. For `node --import`. */
registerHooks({
  resolve(specifier, context, next) {
    const subpath = /^el4ner(\/.*)?$/.exec(specifier);
    const entry = subpath && Object.entries(manifest.exports).find(([key]) => key === `.${subpath[1] ?? ''}`)?.[1];
    if (typeof entry !== 'object' || entry === null) return next(specifier, context);
    const source = entry.default.replace('./dist/', './src/').replace(/\.js$/, '.ts');
    return { url: pathToFileURL(join(repository, source)).href, shortCircuit: true };
  },
});
