import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context, Hono } from 'hono';
import { NerError } from '../error.ts';

/** Where the bundles of web/ are, seen from the sources as from what they are compiled to. */
const folder = join(import.meta.dirname, '..', '..', 'dist', 'web');

const contentTypes = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
} as const;

/** What is served for people, by its path. */
const served = {
  '/': 'page.html',
  '/page.js': 'page.js',
  '/page.css': 'page.css',
  '/shared.js': 'shared.js',
  '/docs': 'docs.html',
  '/docs.js': 'docs.js',
  '/docs.css': 'docs.css',
} as const;

/** A page loads nothing but from here, shows no foreign markup, and is shown in no other page. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** The content of each path. */
export type WebFiles = ReadonlyMap<string, string>;

/**
 * Reads one of the bundles.
 * @throws {NerError} `internal` in a clone where they were not made.
 */
export async function readWebFile(name: string): Promise<string> {
  return readFile(join(folder, name), 'utf8').catch((cause: unknown) => {
    throw new NerError(`${join(folder, name)} is missing. "npm run prepare" makes it.`, { code: 'internal' }, { cause });
  });
}

/** Reads all that is served for people. @throws {NerError} see {@link readWebFile} */
export async function readWebFiles(): Promise<WebFiles> {
  return new Map(await Promise.all(Object.entries(served).map(async ([path, name]) => [path, await readWebFile(name)] as const)));
}

/** Adds the pages; they need no token, for they hold no data. */
export function addPages(app: Pick<Hono, 'get'>, files: WebFiles): void {
  for (const [path, content] of files) {
    const type = contentTypes[path.endsWith('.js') ? 'js' : path.endsWith('.css') ? 'css' : 'html'];
    const headers = {
      'content-type': type,
      'cache-control': 'no-cache',
      etag: `"${createHash('sha256').update(content).digest('base64url')}"`,
    };
    app.get(path, (context: Context) => {
      if (context.req.header('if-none-match') === headers.etag) return context.body(null, 304, headers);
      return context.body(content, 200, { ...headers, 'content-security-policy': policy });
    });
  }
}
