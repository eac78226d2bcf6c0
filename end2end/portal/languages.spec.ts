import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';
import { mailTo } from '../mailbox.ts';

/** The languages in which axe looks too: one of each script, and of each direction. */
const SAMPLED = ['ar', 'cs', 'he', 'hu', 'ja', 'ko', 'uk', 'zh-Hans'];

test('every step speaks every language, on the narrowest phone too', async ({ demo, javaScriptEnabled, page, portal, visit }) => {
  test.skip(!javaScriptEnabled, 'with JavaScript a page shows the same and more: the eye at the password, the seconds left');
  test.slow();
  await page.setViewportSize({ width: 320, height: 640 });
  const share = demo.path('share link');
  await visit(share);
  const languages = await page.locator('.locales a').evaluateAll((links) => links.map((link) => link.getAttribute('hreflang') ?? ''));
  expect(languages.length).toBeGreaterThanOrEqual(30);

  /** By how many pixels the page is too wide for its window, in text of this size. */
  const overflow = (size = '') =>
    page.evaluate((size) => {
      const root = document.documentElement;
      root.style.fontSize = size;
      const wider = root.scrollWidth - window.innerWidth;
      root.style.fontSize = '';
      return wider;
    }, size);

  async function inEveryLanguage(step: string): Promise<void> {
    const headings = new Map<string, string>();
    for (const language of languages) {
      await visit(`${share}?lang=${language}`);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await expect(page.locator('html')).toHaveAttribute('dir', ['ar', 'he'].includes(language) ? 'rtl' : 'ltr');
      expect(await overflow(), `${step} in ${language}`).toBeLessThanOrEqual(0);
      expect(await overflow('200%'), `${step} in ${language}, in text twice as large`).toBeLessThanOrEqual(0);
      headings.set(language, await page.getByRole('heading', { level: 1 }).innerText());
      if (SAMPLED.includes(language)) await expectAccessible(page);
      await page.screenshot({ path: `screenshots/languages/${step}-${language}.png`, fullPage: true });
    }
    const english = headings.get('en');
    for (const [language, heading] of headings) {
      if (language !== 'en') expect(heading, `${step} in ${language}`).not.toBe(english);
    }
    await visit(`${share}?lang=en`);
  }

  await inEveryLanguage('sign-in');
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.at('Enter your email address');
  await inEveryLanguage('address');
  await portal.enterAddress('polyglot@home.example');
  await portal.at('Check your email');
  await inEveryLanguage('proof');
  await portal.enterCode((await mailTo(page, 'polyglot@home.example')).code);
  await portal.expectProvisioned();
  await inEveryLanguage('done');
});
