import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { mailTo } from '../mailbox.ts';

test('the whole way by keyboard alone', async ({ demo, page, portal }) => {
  await portal.open(demo.path('share link'));
  await tabTo(page, page.getByRole('textbox', { name: 'User ID of your phone service' }));
  await page.keyboard.type(demo.users('users')[0]);
  await tabTo(page, page.getByLabel('Password', { exact: true }));
  await page.keyboard.type(demo.told('user password'));
  await page.keyboard.press('Enter');
  await portal.at('Enter your email address');
  await tabTo(page, page.getByRole('textbox', { name: 'Email address' }));
  await page.keyboard.type('keys@home.example');
  await tabTo(page, page.getByRole('button', { name: 'Continue' }));
  await page.keyboard.press('Space');
  await portal.at('Check your email');
  const { code } = await mailTo(page, 'keys@home.example');
  await tabTo(page, page.getByRole('textbox', { name: 'Six-digit code' }));
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
  await portal.expectProvisioned();
  await tabTo(page, page.getByRole('link', { name: /Windows/ }));
});

test('where the system chooses the colours, the bar still shows how far the way is', async ({ demo, page, portal }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await portal.open(demo.path('share link'));
  const parts = page.locator('.position-bar > span');
  const colour = (part: Locator) => part.evaluate((element) => getComputedStyle(element).backgroundColor);
  expect(await colour(parts.first())).not.toBe(await colour(parts.last()));
  expect(await parts.last().evaluate((part) => getComputedStyle(part).outlineStyle), 'seen at all').toBe('solid');
});

/** Presses Tab until the element has the focus. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let presses = 0; presses < 30; presses += 1) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${wanted} cannot be reached by Tab`);
}
