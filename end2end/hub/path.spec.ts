import type { Page } from '@playwright/test';
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';

test('Customer List, View Templates, the onboarding template, Show User Status', async ({ hub, page }) => {
  await hub.signIn();
  await expect(page.getByRole('table', { name: 'Customer List' }).getByRole('row')).toHaveCount(4);
  await expectAccessible(page);

  const customer = page.getByRole('row').filter({ hasText: 'Aurora Dental Group' });
  await customer.getByRole('link', { name: 'View Templates' }).click();
  await hub.at('Templates of Aurora Dental Group');
  await expectAccessible(page);

  await page.getByRole('link', { name: 'Office users', exact: true }).click();
  await hub.at('Office users');
  const way = page.getByRole('navigation', { name: 'Where you are' });
  await expect(way.getByRole('link')).toHaveText(['Customer List', 'Aurora Dental Group']);
  await expect(page.getByRole('heading', { name: 'User Verification' })).toBeVisible();
  await expect(page.getByRole('radio', { name: 'Untrusted Emails' })).toBeChecked();
  await expect(page.getByRole('textbox', { name: 'Share Link' })).toHaveValue(/\/activate\//);
  await expect(page.getByText('Self-provisioning is correctly configured')).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('link', { name: 'Show User Status' }).click();
  await hub.at('User Status');
  for (const column of ['BroadWorks ID', 'Name', 'Package Type', 'Status', 'Last change']) {
    await expect(page.getByRole('columnheader', { name: column, exact: true })).toBeVisible();
  }
  await expect(hub.users).toHaveCount(50);
  await expectAccessible(page);

  await page.getByRole('navigation', { name: 'Where you are' }).getByRole('link', { name: 'Customer List' }).click();
  await hub.at('Customer List');
});

test("country and language are told in words, in the reader's language", async ({ hub, page }) => {
  await hub.signIn();
  await hub.openTemplate('Aurora Dental Group', 'Office users');
  const details = page.getByRole('region').filter({ hasText: 'Xsi' }).locator('data');
  const height = () => page.locator('.facts').evaluate((facts) => facts.getBoundingClientRect().height);
  await expect(details).toHaveText(['United Kingdom', 'English']);
  await hub.speak('Italiano');
  await expect(details).toHaveText(['Regno Unito', 'Inglese']);
  await hub.speak('Български');
  await expect(details).toHaveText(['Обединеното кралство', 'Английски']);
  await hub.speak('English');
  // The server writes the codes: nothing moves when the words come.
  expect(await (await page.request.get(page.url())).text()).toMatch(/<data value="GB">GB<.*<data value="en">en</s);
  const words = await height();
  await details.evaluateAll((found: HTMLDataElement[]) => found.forEach((data) => (data.textContent = data.value)));
  expect(await height()).toBe(words);
});

test('the same pages come complete from the server', async ({ hub, page, visit }) => {
  await hub.signIn();
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const html = await (await page.request.get(page.url())).text();
  expect(html.match(/<tr[^>]*role="row"/g)).toHaveLength(51);
  await visit(page.url());
  await hub.at('User Status');
  await expect(hub.users).toHaveCount(50);
});

test('paging by key shows every user once', async ({ hub, page }) => {
  await hub.signIn();
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const ids: string[] = [];
  const onPage = () => hub.users.evaluateAll((rows) => rows.map((row) => row.querySelector('td')?.textContent ?? ''));
  for (let left = 120; left > 0; left -= 50) {
    await expect(hub.users).toHaveCount(Math.min(left, 50));
    if (ids.length > 0) await expect(hub.user(ids[0])).toHaveCount(0);
    ids.push(...(await onPage()));
    if (left > 50) {
      const last = hub.user(ids[ids.length - 1]);
      const next = page.getByRole('link', { name: 'Next page' });
      // It leads elsewhere.
      await expect(next).not.toHaveAttribute('aria-current');
      await next.click();
      await expect(last).toHaveCount(0);
    }
  }
  expect(new Set(ids).size).toBe(120);
  await expect(page.getByRole('link', { name: 'Next page' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'First page' })).not.toHaveAttribute('aria-current');
  // Nor does the way home say that this is it.
  await expect(page.getByRole('link', { name: 'Flowthrough' })).not.toHaveAttribute('aria-current');
  await page.getByRole('link', { name: 'First page' }).click();
  await expect(hub.user(ids[0])).toBeVisible();
});

test('the pages of a list lead back as well, and each says which part it is', async ({ hub, page, visit }) => {
  await hub.signIn();
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const pages = page.getByRole('navigation', { name: 'Pages' });
  const at = (part: string) => expect(pages.getByText(part, { exact: true })).toBeVisible();
  const go = async (link: string, part: string) => {
    await page.getByRole('link', { name: link }).click();
    await at(part);
    return hub.users.evaluateAll((rows) => rows.map((row) => row.querySelector('td')?.textContent ?? ''));
  };
  await at('1–50 of 120');
  await expect(page.getByRole('link', { name: 'Previous page' })).toHaveCount(0);
  const second = await go('Next page', '51–100 of 120');
  await go('Next page', '101–120 of 120');
  expect(await go('Previous page', '51–100 of 120')).toEqual(second);
  // A link to it can be kept and sent.
  await visit(page.url());
  await at('51–100 of 120');
  await expectAccessible(page);
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await go('Previous page', '1–50 of 120');
  await expect(page.getByRole('link', { name: /^(Previous|First) page$/ })).toHaveCount(0);
  await go('Next page', '51–100 of 120');
  await page.getByRole('switch', { name: 'Exclude Provisioned Users' }).click();
  await at(`1–50 of ${await pending(page)}`);
});

/** How many users are not provisioned, by the numbers above the list. */
async function pending(page: Page): Promise<number> {
  const [total, provisioned] = await page.locator('.summary dd').allInnerTexts();
  return Number(total) - Number(provisioned);
}

test('what is not there has a title, a heading and a way out', async ({ hub, page, visit }) => {
  await hub.signIn();
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const known = new URL(page.url()).pathname.split('/')[3];
  const unknown = known.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  for (const [path, heading] of [
    [`/hub/templates/${unknown}`, 'Nothing was found here'],
    [`/hub/templates/${unknown}/users`, 'Nothing was found here'],
    [`/hub/templates/${known}/users?customer=${unknown}`, 'Nothing was found here'],
    [`/hub/templates/${unknown}/import`, 'Nothing was found here'],
    ['/hub/customers/none', 'Nothing was found here'],
    ['/hub/customers?after=none', 'Nothing was found here'],
    ['/hub/tokens?after=none', 'Nothing was found here'],
    [`/hub/templates/${known}/none`, 'This page does not exist'],
    ['/hub/none', 'This page does not exist'],
  ]) {
    expect((await page.request.get(path)).status(), path).toBe(404);
    await visit(path);
    await hub.at(heading);
    await expect(page).toHaveTitle(heading);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  }
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Go to the Customer List' }).click();
  await hub.at('Customer List');
});

test('in another language', async ({ hub, page }) => {
  await hub.signIn();
  await hub.speak('Italiano');
  await expect(page.locator('html')).toHaveAttribute('lang', 'it');
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Customer List');
  await expectAccessible(page);
});

test('however many ask at once, every page comes whole', async ({ hub, page }) => {
  await hub.signIn();
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const rows = async () => {
    const answer = await page.request.get(page.url());
    return (await answer.text()).match(/<tr[^>]*role="row"/g)?.length;
  };
  for (let round = 0; round < 20; round += 1) {
    expect(await Promise.all(Array.from({ length: 16 }, rows))).toEqual(Array(16).fill(51));
  }
});
