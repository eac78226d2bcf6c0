/** The partner hub in Firefox: the way to a user who is stuck, and the remedy. */
import { expect, type Tab, test } from '../firefox.ts';
import { ADMIN } from '../server.ts';

const STATUS = '//main//tbody/tr';

const rows = (tab: Tab) => tab.page.$$(`::-p-xpath(${STATUS})`);

test('Customer List, View Templates, Show User Status, Retry Activation', async ({ tab }) => {
  await tab.visit('/hub');
  await tab.at('Sign in to the partner hub');
  await tab.fill('Email address', ADMIN.email);
  await tab.fill('Password', ADMIN.password);
  await tab.press('Sign in');
  await tab.at('Customer List');
  await tab.follow('View Templates', '//tr[contains(., "Aurora Dental Group")]');
  await tab.at('Templates of Aurora Dental Group');
  await tab.follow('Office users');
  await tab.at('Office users');
  await tab.follow('Show User Status');
  await tab.at('User Status');
  await tab.until(async () => (await rows(tab)).length === 50, 'a page of fifty users');

  const stuck = `${STATUS}[.//*[normalize-space()="Error"]]`;
  const id = await tab.page.$eval(`::-p-xpath(${stuck}[1]/td[1])`, (cell) => (cell as HTMLElement).innerText.trim());
  const row = `${STATUS}[contains(., "${id}")]`;
  await tab.click(`${row}//button[starts-with(@aria-label, "Actions")]`);
  await tab.click('//*[@role="menuitem"][normalize-space()="Retry Activation"]');
  await tab.page.locator('dialog[open] input[type="email"]').fill('repaired@home.example');
  await tab.press('Onboard');
  await tab.reads(`${id}: Provisioned`);
  await tab.until(async () => (await tab.page.$(`::-p-xpath(${row}[.//*[normalize-space()="Provisioned"]])`)) !== null, 'the row follows');
  expect(await tab.page.evaluate(() => document.querySelector('dialog[open]'))).toBeNull();
});
