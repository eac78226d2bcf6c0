/** Move to Another Template: for one user and for many, to a template that is found by its name. */
import type { Page } from '@playwright/test';
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';

test.beforeEach(({ hub }) => hub.signIn());

const TITLE = 'Move to Another Template';
const strip = (page: Page) => page.getByRole('region', { name: 'Jobs that you started' });

test('one user is moved, and their page says from where to where', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row, id } = await hub.firstIn('Email address pending');
  const own = (await row.getByRole('link', { name: id }).getAttribute('href'))!;
  await hub.choose(row, TITLE);
  const dialog = hub.dialog(TITLE);
  const submit = dialog.getByRole('button', { name: TITLE });
  const search = dialog.getByRole('searchbox', { name: 'Find a template' });
  await expect(search).toBeFocused();
  await search.fill('no such');
  await expect(dialog).toContainText('No template has a name like this.');
  await search.fill('HOTEL');
  const hotel = dialog.getByRole('radio', { name: 'Hotel staff (self-activation)' });
  await hotel.check();
  await expect(dialog).toContainText('1 user is moved to this template.');
  await expectAccessible(page);
  // What is chosen has to be in sight.
  await search.fill('no such');
  await expect(submit).toHaveAttribute('aria-disabled', 'true');
  await search.fill('hotel');
  await hotel.check();
  await expect(dialog).toContainText('1 user is moved to this template.');
  await submit.click();
  await expect(dialog).toBeHidden();
  await expect(strip(page)).toContainText(`${TITLE}: Finished`);
  // The row is the other list's now, without a reload.
  await expect(row).toHaveCount(0);
  await expect(page.getByText(`${id} was removed from the list.`)).toBeVisible();
  await page.goto(own);
  await hub.at(id);
  await expect(page.getByText('Office users → Hotel staff (self-activation)')).toBeVisible();
});

test('many are moved, and it is said before who stays and why', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  await page.getByRole('checkbox', { name: 'Select all users on this page' }).check();
  await page.getByRole('region', { name: 'Selected users' }).getByRole('button', { name: TITLE }).click();
  const dialog = hub.dialog(TITLE);
  await dialog.getByRole('radio', { name: 'Drivers and dispatch (admin first)' }).check();
  await expect(dialog).toContainText(/users are moved to this template/);
  await expect(dialog).toContainText('Another change to this user is still under way.');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: TITLE }).click();
  await expect(strip(page)).toContainText(`${TITLE}: Finished`);
  await strip(page).getByRole('link', { name: 'Details' }).click();
  await hub.at(TITLE);
  const numbers = page.getByRole('navigation', { name: 'Result' });
  await numbers.getByRole('link', { name: 'Refused' }).click();
  await expect(page.getByRole('table', { name: 'Result' })).toContainText('Another change to this user is still under way.');
});
