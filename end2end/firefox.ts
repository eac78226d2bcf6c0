/**
 * Firefox as Debian has it. Playwright drives only a Firefox of its own, so this one is driven by Puppeteer over WebDriver BiDi; what a
 * test starts from (the server, the demo) and its expectations are the same.
 */
import { setTimeout } from 'node:timers/promises';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { expect, test as base } from './fixtures.ts';

export { expect } from './fixtures.ts';

const PATIENCE = Number(process.env.FLOWTHROUGH_PATIENCE ?? 10_000);

/** A page in Firefox, with elements named as assistive technology hears them. */
export class Tab {
  constructor(
    readonly page: Page,
    private readonly url: string,
  ) {
    page.setDefaultTimeout(PATIENCE);
  }

  /** Another page of the same profile. */
  async another(): Promise<Tab> {
    return new Tab(await this.page.browserContext().newPage(), this.url);
  }

  async open(path: string): Promise<void> {
    await this.page.goto(new URL(path, this.url).href);
  }

  /** Opens a page and waits until its scripts listen. */
  async visit(path: string): Promise<void> {
    await this.open(path);
    await this.page.locator('body[data-hydrated="true"]').wait();
  }

  async at(heading: string): Promise<void> {
    const shown = () => this.page.$$eval('h1', (found) => found.map((heading) => heading.innerText.trim()));
    await this.until(async () => (await shown()).includes(heading), `the heading "${heading}"`);
  }

  /** A field by its label. */
  async fill(label: string, value: string): Promise<void> {
    await this.page.locator(`::-p-xpath(//input[@id=//label[starts-with(normalize-space(), "${label}")]/@for])`).fill(value);
  }

  async press(button: string): Promise<void> {
    await this.click(`//button[normalize-space()="${button}"]`);
  }

  async follow(link: string, within = ''): Promise<void> {
    await this.click(`${within}//a[starts-with(normalize-space(), "${link}")]`);
  }

  async click(xpath: string): Promise<void> {
    await this.page.locator(`::-p-xpath(${xpath})`).click();
  }

  /** Waits until the page shows this text. */
  async reads(text: string): Promise<void> {
    await this.until(async () => (await this.text()).includes(text), `"${text}" on ${this.page.url()}`);
  }

  text(): Promise<string> {
    return this.page.evaluate(() => document.body.innerText);
  }

  /** Asks again until something holds. */
  async until(holds: () => Promise<boolean>, what: string): Promise<void> {
    for (const end = Date.now() + PATIENCE; Date.now() < end; await setTimeout(50)) {
      // A page that is just being left cannot be asked.
      if (await holds().catch(() => false)) return;
    }
    throw new Error(`not within ${PATIENCE} ms: ${what}\n${await this.text()}`);
  }

  /** The code and the link of the newest mail to an address, from the demo's mailbox. */
  async mailTo(address: string): Promise<{ code: string; joinNow: string }> {
    const inbox = await this.another();
    let mail: { code: string; joinNow: string } | undefined;
    await inbox.until(async () => {
      await inbox.open('/demo/mailbox');
      mail = await inbox.page.evaluate((address) => {
        const article = [...document.querySelectorAll('article')].find((mail) => mail.textContent.includes(address));
        const code = article?.querySelector<HTMLElement>('[data-code]')?.dataset.code;
        const join = [...(article?.querySelectorAll('a') ?? [])].find((link) => link.textContent.trim() === 'Join now');
        return code && join ? { code, joinNow: new URL(join.href).pathname } : undefined;
      }, address);
      return mail !== undefined;
    }, `a mail to ${address}`);
    await inbox.page.close();
    return mail!;
  }
}

/** As a blocker does it, or a line that breaks: BiDi cannot switch scripts off. */
async function refuseScripts(page: Page): Promise<void> {
  await page.setRequestInterception(true);
  page.on('request', (request) => void (/\.(js|wasm)$/.test(new URL(request.url()).pathname) ? request.abort() : request.continue()));
}

interface Fixtures {
  /** A fresh profile's page. */
  tab: Tab;
  /** Whether scripts arrive. */
  scripts: boolean;
}

export const test = base.extend<Fixtures, { firefox: Browser }>({
  firefox: [
    async ({}, use) => {
      const browser = await puppeteer.launch({
        browser: 'firefox',
        executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
        extraPrefsFirefox: { 'intl.accept_languages': 'en-GB' },
      });
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
  scripts: [true, { option: true }],
  tab: async ({ demo, firefox, scripts }, use) => {
    const context = await firefox.createBrowserContext();
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    if (!scripts) await refuseScripts(page);
    await use(new Tab(page, demo.url));
    await context.close();
    // What is refused is missed.
    if (scripts) expect(complaints, 'what Firefox complained about').toEqual([]);
  },
});
