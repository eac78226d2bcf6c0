/** User Status is made for work: a user is a line, and the first one is near the top. */
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';

const LANGUAGES = ['English', 'Italiano', 'Български', 'Deutsch', 'Français', 'Español'];

/** Where the first row begins, and how high the highest one is. */
const rows = (page: Page) =>
  page.locator('.users tbody tr').evaluateAll((rows) => {
    const boxes = rows.map((row) => row.getBoundingClientRect());
    return { top: boxes[0].top + scrollY, highest: Math.max(...boxes.map((box) => box.height)) };
  });

const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

test.beforeEach(({ hub }) => hub.signIn());

test('on a desktop a row is a line of 40 px, the first one within 200 px of the top', async ({ hub, page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  for (const language of LANGUAGES) {
    await hub.speak(language);
    await page.evaluate(() => scrollTo(0, 0));
    const { top, highest } = await rows(page);
    expect(top, language).toBeLessThanOrEqual(200);
    expect(highest, language).toBeLessThanOrEqual(40);
    expect(await overflow(page), language).toBeLessThanOrEqual(0);
  }
});

test('on a small desktop and on a tablet nothing is wider than the window', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  for (const width of [1280, 1024, 768]) {
    await page.setViewportSize({ width, height: 800 });
    for (const language of LANGUAGES) {
      await hub.speak(language);
      expect(await overflow(page), `${width} px, ${language}`).toBeLessThanOrEqual(0);
      if (width >= 1024) expect((await rows(page)).highest, `${width} px, ${language}`).toBeLessThanOrEqual(40);
    }
  }
});

test('on a phone a user is a card of two lines, which says ID, package and status', async ({ hub, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  expect((await rows(page)).highest).toBeLessThanOrEqual(72);
  const card = page.locator('.users tbody tr').first();
  for (const part of [card.locator('.id'), card.locator('td').nth(2), card.locator('.status')]) await expect(part).toBeInViewport({ ratio: 1 });
  expect(await overflow(page)).toBeLessThanOrEqual(0);
});

test('how long ago a change was is said at a glance, and when to whoever points at the row or is in it', async ({ hub, page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const row = hub.users.first();
  await page.mouse.move(0, 0);
  await expect(row.locator('.ago')).toHaveText(/ago|last/);
  await expect(row.locator('.ago')).toBeVisible();
  await expect(row.locator('time').last()).toBeHidden();
  await row.hover();
  await expect(row.locator('time').last()).toBeVisible();
  await page.mouse.move(0, 0);
  await row.getByRole('link').first().focus();
  await expect(row.locator('time').last()).toHaveText(/\d{4}/);
  await expect(row.locator('.ago')).toBeHidden();
});
