import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import { addPages, readWebFile, readWebFiles } from './pages.ts';

const files = new Map([
  ['/', '<!doctype html>'],
  ['/page.js', 'go();'],
  ['/docs.css', 'p {}'],
]);

test('each file has its content type and a policy that lets it reach nothing else', async () => {
  const app = new Hono();
  addPages(app, files);
  for (const [path, type] of [
    ['/', 'text/html'],
    ['/page.js', 'text/javascript'],
    ['/docs.css', 'text/css'],
  ] as const) {
    const response = await app.request(path);
    assert.equal(await response.text(), files.get(path));
    assert.ok(response.headers.get('content-type')?.startsWith(type));
    assert.match(
      response.headers.get('content-security-policy') ?? '',
      /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/,
    );
    assert.doesNotMatch(response.headers.get('content-security-policy') ?? '', /unsafe|\*/);
  }
});

test('what a browser has already is not sent again', async () => {
  const app = new Hono();
  addPages(app, files);
  const etag = (await app.request('/')).headers.get('etag') ?? '';
  assert.equal((await app.request('/', { headers: { 'if-none-match': etag } })).status, 304);
  assert.equal((await app.request('/', { headers: { 'if-none-match': '"other"' } })).status, 200);
});

test('all that is served, and the report beside it, is below 150 kB, and holds no script or style in its markup', async () => {
  const served = await readWebFiles();
  const report = await Promise.all(['report.js', 'report.css'].map(readWebFile));
  const bytes = [...served.values(), ...report].reduce((sum, content) => sum + Buffer.byteLength(content), 0);
  assert.ok(bytes < 150_000, `${bytes} bytes`);
  for (const path of ['/', '/docs'])
    assert.doesNotMatch(served.get(path) ?? '', /<style|<script(?! type="module" src=)|\son\w+=|\sstyle=|https?:/);
});
