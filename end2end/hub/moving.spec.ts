/** Going from page to page: where the focus is, what is said, and what can be clicked meanwhile. */
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';

test.beforeEach(({ hub }) => hub.signIn());

function heading(page: Page, name: string) {
  return page.getByRole('heading', { level: 1, name });
}

test('the focus goes to the heading, and on the way back to where one left', async ({ hub, page }) => {
  await expect(heading(page, 'Customer List')).toBeFocused();
  // Past the filter and its button.
  for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(heading(page, 'Templates of Aurora Dental Group')).toBeFocused();
  await page.getByRole('link', { name: 'Office users', exact: true }).press('Enter');
  await expect(heading(page, 'Office users')).toBeFocused();
  await page.getByRole('link', { name: 'Show User Status' }).press('Enter');
  await expect(heading(page, 'User Status')).toBeFocused();

  const next = page.getByRole('link', { name: 'Next page' });
  const last = await hub.users.last().getByRole('cell').first().innerText();
  await next.press('Enter');
  await expect(hub.user(last)).toHaveCount(0);
  await expect(heading(page, 'User Status')).toBeFocused();
  await expect(heading(page, 'User Status')).toBeInViewport();

  await page.goBack();
  await expect(hub.user(last)).toBeVisible();
  await expect(next).toBeFocused();
  await expect(next).toBeInViewport();
  await page.goBack();
  await expect(page.getByRole('link', { name: 'Show User Status' })).toBeFocused();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(heading(page, 'Sign in to the partner hub')).toBeFocused();
});

test('a switch keeps the focus, and the way past the top bar is short', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const exclude = page.getByRole('switch', { name: 'Exclude Provisioned Users' });
  await exclude.press('Space');
  await expect(exclude).toHaveAttribute('aria-checked', 'true');
  await expect(page.getByRole('cell', { name: 'Provisioned', exact: true })).toHaveCount(0);
  await expect(exclude).toBeFocused();

  await page.reload();
  await expect(page.locator('body')).toHaveAttribute('data-hydrated', 'true');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('navigation', { name: 'Where you are' }).getByRole('link').first()).toBeFocused();
});

test('on a slow network the old page is seen to be old, and nothing of it can be clicked', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const first = hub.user(await hub.users.first().getByRole('cell').first().innerText());
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/api/hub/user-status*', async (route) => {
    await held;
    await route.continue();
  });
  const next = page.getByRole('link', { name: 'Next page' });
  await next.click();
  await expect(page.getByRole('status').filter({ hasText: 'Loading…' })).toBeVisible();
  await expect(page.locator('[aria-busy=true]').filter({ has: heading(page, 'User Status') })).toBeVisible();
  await expect(heading(page, 'User Status')).toBeFocused();
  await expect(page.locator('table')).toHaveAttribute('inert');
  // Neither by the mouse nor by the keyboard.
  for (const stale of [first.getByRole('button'), next]) {
    const reached = await stale.evaluate((element: HTMLElement) => {
      element.scrollIntoView({ block: 'center' });
      const { x, y, width, height } = element.getBoundingClientRect();
      element.focus();
      return document.elementFromPoint(x + width / 2, y + height / 2) === element || document.activeElement === element;
    });
    expect(reached).toBe(false);
  }
  answer();
  await expect(first).toHaveCount(0);
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  await expect(page.getByRole('status').filter({ hasText: 'Loading…' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'First page' })).toBeVisible();
});

test('where the system chooses the colours, on differs from off and here from there', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  const exclude = page.getByRole('switch', { name: 'Exclude Provisioned Users' });
  const track = exclude.locator('.switch-track');
  const off = await track.screenshot();
  await exclude.click();
  await expect(exclude).toHaveAttribute('aria-checked', 'true');
  await page.mouse.move(0, 0);
  expect((await track.screenshot()).equals(off)).toBe(false);

  const underline = (name: string) =>
    page.getByRole('navigation', { name: 'Hub' }).getByRole('link', { name }).evaluate((tab) => getComputedStyle(tab).borderBlockEndColor);
  expect(await underline('Customers')).not.toBe(await underline('API tokens'));
  const edges = await page.getByRole('cell').locator('.status').first().evaluate((badge) => getComputedStyle(badge).borderTopStyle);
  expect(edges).toBe('solid');
});

test('on a phone the first user is seen without scrolling', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  await page.setViewportSize({ width: 390, height: 844 });
  for (const language of ['English', 'Italiano', 'Български', 'Deutsch', 'Français', 'Español']) {
    await hub.speak(language);
    // The heading of the columns is not there: each card has its own.
    const card = page.getByRole('row').first();
    await page.evaluate(() => scrollTo(0, 0));
    const box = (await card.boundingBox())!;
    expect(box.y + box.height, language).toBeLessThanOrEqual(844);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), language).toBeLessThanOrEqual(0);
  }
});
