import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { assertAccessible, assertNoOverflow, launchBrowser, noBrowser, outputOf, picture } from './browser.fixture.ts';

const hostile = '</script><script>alert(1)</script><img src="http://127.0.0.1:9/x.png"> Ada Lovelace.';
const texts = [
  'Mira Holm met Ole Brandt in Lund on Friday. She works for the Bank of Norway.',
  'زار محمد صلاح مدينة القاهرة مع Ada Lovelace.',
  hostile,
];
const many = 2000;

/** Gives the milliseconds for which a page has kept its main thread busy, of the processor's time. */
async function mainThread(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
  };
}

describe('the HTML report in a browser', { skip: noBrowser, timeout: 180_000 }, () => {
  let browser: Browser;
  let scratch: string;
  let report: string;
  /** What the browser asked for, and what went wrong. */
  const requests: string[] = [];
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'el4ner-report-'));
    const documents = join(scratch, 'documents.jsonl');
    await writeFile(documents, texts.map((text, at) => `${JSON.stringify({ id: `text-${at}`, text })}\n`).join(''));
    const words = ['extract', '--file', documents, '--models', 'nano:social,nano:general', '--format', 'html', '--trace'];
    [browser, report] = await Promise.all([launchBrowser(), outputOf(words)]);
  });
  after(async () => {
    await browser?.close();
    await rm(scratch, { recursive: true });
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    requests.length = 0;
  });

  async function open(html = report, options: BrowserContextOptions = {}): Promise<Page> {
    const path = join(scratch, 'report.html');
    await writeFile(path, html);
    const context = await browser.newContext({ viewport: { width: 1200, height: 860 }, ...options });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    page.on('request', (request) => requests.push(request.url()));
    page.on('dialog', (dialog) => requests.push(`dialog: ${dialog.message()}`));
    page.on('pageerror', (error) => requests.push(String(error)));
    await page.goto(pathToFileURL(path).href);
    return page;
  }

  test('opens from the disk without any request, and tells why a mention was found', async () => {
    const page = await open();
    await page.getByText('3 texts', { exact: true }).waitFor();
    await assertAccessible(page);
    await page.getByRole('button', { name: /^\w+: Lund/ }).click();
    const story = page.locator('.story-box');
    await story.getByText('Votes on the type').waitFor();
    await story.locator('.calls summary').first().click();
    assert.match((await story.locator('.raw').first().textContent()) ?? '', /Mira Holm met Ole Brandt/);
    await assertAccessible(page);
    await picture(page, 'report');
    await story.getByText('mean probability of yes').waitFor();
    await story.getByRole('button', { name: 'Close the story' }).focus();
    await page.keyboard.press('Escape');
    assert.equal(await story.count(), 0);
    assert.match(await page.evaluate<string>('document.activeElement.ariaLabel'), /^\w+: Lund/);
    assert.deepEqual(
      requests.filter((url) => !/^(?:file|data):/.test(url)),
      [],
    );
  });

  test('is filtered by type and score, and searched', async () => {
    const page = await open();
    const tags = page.locator('button.tag');
    await page.getByText('3 texts', { exact: true }).waitFor();
    const all = await tags.count();
    await page.getByRole('button', { name: /^person \d/ }).click();
    assert.ok((await tags.count()) < all);
    await page.getByRole('checkbox', { name: 'Only texts with something marked' }).check();
    await page.getByText(/^[12] of 3 texts$/).waitFor();
    await page.getByRole('button', { name: /^person \d/ }).click();
    await page.getByRole('checkbox', { name: 'Only texts with something marked' }).uncheck();
    await page.getByLabel('Search').fill('القاهرة');
    await page.getByText('1 of 3 texts').waitFor();
    await page.getByRole('button', { name: /^person [12]$/ }).waitFor();
    await page.getByLabel('Score from').fill('1');
    await page.getByRole('button', { name: 'person 0' }).waitFor();
    await page.getByLabel('Search').fill('');
    await page.getByLabel('Score from').fill('1');
    assert.ok((await tags.count()) < all);
    await assertAccessible(page);
  });

  for (const [name, options] of [
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 360, height: 740 } }],
  ] as const) {
    test(`${name}, it can be read`, async () => {
      const page = await open(report, options);
      await page.getByText('3 texts', { exact: true }).waitFor();
      await page.getByRole('button', { name: /^\w+: Lund/ }).click();
      await page.locator('.story-box').waitFor();
      await picture(page, `report ${name}`);
      await assertNoOverflow(page);
      await assertAccessible(page);
    });
  }

  test('without a script it is texts with their entities; what is hostile is only text', async () => {
    const page = await open(report, { javaScriptEnabled: false });
    assert.equal(await page.locator('article').count(), 3);
    assert.match((await page.locator('article mark').first().textContent()) ?? '', /Mira Holm\s*person/);
    assert.match((await page.locator('.static-text').nth(2).textContent()) ?? '', /^<\/script><script>alert\(1\)/);
    await assertNoOverflow(page);
    await picture(page, 'report without script');
  });

  test(`${many} documents are there at once, and are filtered at once`, async (context) => {
    const [head = '', lot = '', tail = ''] = report.split(/<div class="lot">\n|<\/div>\n(?=<\/main>)/);
    const articles = lot.split(/(?=<article )/);
    const copies = Array.from({ length: many }, (_, at) => {
      const border = at % 50 > 0 ? '' : `${at === 0 ? '' : '</div>\n'}<div class="lot">\n`;
      return border + (articles[at % articles.length] ?? '').replaceAll(/text-\d(?=["<])/g, `text-${at}`);
    });
    const html = [head, ...copies, '</div>\n', tail].join('');
    const began = performance.now();
    const page = await open(html);
    await page.getByText(`${many} texts`, { exact: true }).waitFor();
    const loaded = performance.now() - began;
    const busyMs = await mainThread(page);
    const filtered = await page.evaluate<number>(`new Promise((resolve) => {
      const began = performance.now();
      document.querySelector('.filters .chip').click();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
    })`);
    await page.locator('.filters .chip').first().click();
    const searched = await page.evaluate<number>(`new Promise((resolve) => {
      const began = performance.now();
      const input = document.querySelector('input[type=search]');
      input.value = 'text-1999';
      input.dispatchEvent(new Event('input', { bubbles: true }));
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
    })`);
    await page.getByText(`1 of ${many} texts`).waitFor();
    await page.getByLabel('Search').fill('');
    const before = await busyMs();
    const frames = await page.evaluate<readonly number[]>(`new Promise((resolve) => {
      const frames = [];
      let [last, at] = [performance.now(), 0];
      const step = (now) => {
        frames.push(now - last);
        last = now;
        at += 400;
        scrollTo(0, at);
        if (frames.length < 120) requestAnimationFrame(step);
        else resolve(frames.sort((a, b) => a - b));
      };
      requestAnimationFrame(step);
    })`);
    const busyFrame = ((await busyMs()) - before) / frames.length;
    await page.locator('article').last().scrollIntoViewIfNeeded();
    await page.locator('article').last().getByRole('button').first().click();
    await page.locator('article').last().locator('.story-box').waitFor();
    const told = {
      MB: html.length / 1e6,
      loaded,
      filtered,
      searched,
      busyFrame,
      medianFrame: frames[60],
      p95Frame: frames[114],
      longestFrame: frames.at(-1),
    };
    context.diagnostic(JSON.stringify(told, (_, value) => (typeof value === 'number' ? Number(value.toFixed(1)) : value)));
    // Several times what it takes, for machines that are busy with something else; of the processor's time no others are part.
    const [median = Number.NaN, p95 = Number.NaN] = [frames[60], frames[114]];
    assert.ok(loaded < 20_000 && filtered < 1500 && searched < 1500, JSON.stringify(told));
    assert.ok(busyFrame < 60 && median < 150 && p95 < 500, JSON.stringify(told));
  });
});
