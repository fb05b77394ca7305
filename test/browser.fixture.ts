import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

export const repository = dirname(import.meta.dirname);
const cli = join(repository, 'src', 'cli', 'main.ts');

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const found = places.find((path) => existsSync(path));

/** Why tests in a browser are skipped, if they are: without a browser they are, but fail where CI is set. */
export const noBrowser: string | false =
  found === undefined && process.env['CI'] === undefined && 'there is no Chromium: apt-get install chromium';

/** Starts the browser. Its sandbox does not work for root, nor in many containers; the pages are our own. */
export async function launchBrowser(): Promise<Browser> {
  assert.ok(found !== undefined, `Expected Chromium at ${places.join(' or ')}: apt-get install chromium`);
  return chromium.launch({ executablePath: found, args: ['--no-sandbox', '--disable-gpu'], timeout: 60_000 });
}

/** What `el4ner` writes to the standard output. */
export async function outputOf(words: readonly string[]): Promise<string> {
  const command = spawn(process.execPath, [cli, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, errors] = ['', ''];
  command.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  command.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [code] = await once(command, 'close');
  assert.equal(code, 0, errors);
  return output;
}

/** Asserts that axe-core finds nothing wrong with what a page shows. */
export async function assertAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const found: readonly string[] = await page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 200) + ' ' + failureSummary)))`);
  assert.deepEqual(found, []);
}

/** Asserts that nothing on a page is wider than the window. */
export async function assertNoOverflow(page: Page): Promise<void> {
  const widths: readonly [number, number] = await page.evaluate('[document.documentElement.scrollWidth, window.innerWidth]');
  assert.ok(widths[0] <= widths[1], `The page is ${widths[0]} pixels wide in a window of ${widths[1]}.`);
}

/** Keeps a picture of the page where a folder for it is given. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['EL4NER_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
}
