/** The bar of the hub on a phone: what there is no room for is behind a button. */
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';
import type { Page } from '@playwright/test';

const bar = (page: Page) => page.getByRole('navigation', { name: 'Hub' });
const REST = ['API tokens', 'Webhooks', 'People', 'Audit log', 'Account'];

test.beforeEach(async ({ hub, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await hub.signIn();
});

test('on a phone every way through the hub is one or two touches away, in every language', async ({ hub, page }, info) => {
  await expect(bar(page).getByRole('link')).toHaveText(['Overview', 'Customers', 'Jobs']);
  const more = bar(page).getByRole('button', { name: 'More' });
  await more.click();
  await expect(bar(page).getByRole('link')).toHaveText(['Overview', 'Customers', 'Jobs', ...REST]);
  for (const name of REST) await expect(bar(page).getByRole('link', { name })).toBeInViewport({ ratio: 1 });
  await page.screenshot({ path: `screenshots/${info.project.name}/bar-390-light.png` });
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: `screenshots/${info.project.name}/bar-390-dark.png` });
  await page.emulateMedia({ colorScheme: null });

  await page.keyboard.press('Escape');
  await expect(bar(page).getByRole('link')).toHaveCount(3);
  await more.click();
  await bar(page).getByRole('link', { name: 'People' }).click();
  await hub.at('People');
  // The sheet is away, and the bar says where one is.
  await expect(bar(page).getByRole('link')).toHaveCount(3);
  await expect(more).toHaveAttribute('aria-current', 'true');
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 700 });
    for (const language of ['Italiano', 'Български', 'Deutsch', 'Français', 'Español', 'English']) {
      await hub.speak(language);
      const ways = page.locator('.topbar-nav > :is(a, button)');
      await expect(ways).toHaveCount(4);
      for (const way of await ways.all()) await expect(way, `${width} px, ${language}`).toBeInViewport({ ratio: 1 });
      const tops = await ways.evaluateAll((ways) => new Set(ways.map((way) => way.getBoundingClientRect().top)).size);
      expect(tops, `one line at ${width} px, ${language}`).toBe(1);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${width} px, ${language}`).toBeLessThanOrEqual(0);
    }
  }
  // Where there is room they stand in the bar.
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect(more).toBeHidden();
  await expect(bar(page).getByRole('link')).toHaveText(['Overview', 'Customers', 'Jobs', ...REST]);
});

test('it opens without JavaScript', async ({ baseURL, browser, hub, page }) => {
  await hub.at('Customer List');
  const context = await browser.newContext({
    baseURL,
    javaScriptEnabled: false,
    storageState: await page.context().storageState(),
    viewport: { width: 390, height: 844 },
  });
  const plain = await context.newPage();
  await plain.goto('/hub');
  await expect(bar(plain).getByRole('link')).toHaveCount(3);
  await bar(plain).getByRole('button', { name: 'More' }).click();
  await bar(plain).getByRole('link', { name: 'Audit log' }).click();
  await expect(plain.getByRole('heading', { level: 1, name: 'Audit log' })).toBeVisible();
  await context.close();
});
