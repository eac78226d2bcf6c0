/** Import: a CSV file is checked, then taken in. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';

const HEADER = 'BroadWorks ID,First Name,Last Name,Enterprise ID,Email,Package';

test.beforeEach(async ({ hub, page }) => {
  await hub.signIn();
  await hub.openUserStatus('Costa Verde Hotels', 'Hotel staff (self-activation)');
  await page.getByRole('link', { name: 'Import', exact: true }).click();
  await hub.at('Import users');
});

async function choose(page: Page, text: string | Buffer): Promise<void> {
  const file = { name: 'users.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
  await page.getByLabel('CSV file').setInputFiles(file);
}

/** The numbers of new users, of those there already and of refused rows. */
async function expectNumbers(page: Page, ...numbers: number[]): Promise<void> {
  await expect(page.locator('.summary dd')).toHaveText(numbers.map(String));
}

/** The bad rows of the last file as they are listed. */
async function problems(page: Page): Promise<string[][]> {
  const rows = page.getByRole('table', { name: 'Refused rows' }).getByRole('row');
  await expect(rows.first()).toBeVisible();
  const cells = await rows.evaluateAll((found) =>
    found.map((row) => Array.from(row.querySelectorAll('td'), (cell) => (cell.textContent ?? '').trim())),
  );
  return cells.filter((row) => row.length > 0);
}

/** Rows with four mistakes, in lines 3, 5 and 6. */
const MIXED = [
  HEADER,
  'new1@costaverde.example,Ann,Lee,Northwind+costaverde,ann@costaverde.example,',
  'new2@costaverde.example,,Lee,Northwind+costaverde,ann@,',
  '',
  'new3@costaverde.example,Cy,Lee,Northwind+costaverde,,gold',
  'NEW1@costaverde.example,Ann,Lee,Northwind+costaverde,,',
  'new4@costaverde.example,"Di, Dr.",Lee,Northwind+costaverde,,premium',
].join('\r\n');

test('the check says what is wrong in which line; valid rows are imported, bad ones are not', async ({ context, hub, page }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await expectAccessible(page);
  await choose(page, MIXED);
  await expectNumbers(page, 2, 0, 3);
  await expect(page.getByText('3 rows are refused and will not be imported.')).toBeVisible();
  expect(await problems(page)).toEqual([
    ['3', 'First Name', 'This column is empty. 1001', 'Fill it in.'],
    ['3', 'Email', 'This is not a complete email address. 43007', 'Enter an address such as name@example.com.'],
    ['5', 'Package', 'This value is not allowed. 45001', 'Use softphone, basic, standard or premium.'],
    ['6', 'BroadWorks ID', 'This BroadWorks ID appears in an earlier row. 10022', 'Keep one row for each BroadWorks ID.'],
  ]);
  await expectAccessible(page);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download the refused rows' }).click();
  const [header, first] = (await readFile(await (await download).path(), 'utf8')).split('\r\n');
  expect(header).toBe(`\uFEFF${HEADER},Row Error`);
  expect(first).toMatch(/^new2@costaverde\.example,,Lee,Northwind\+costaverde,ann@,,"?First Name: /);
  await page.getByRole('button', { name: 'Copy the list of refused rows' }).click();
  await expect(page.getByText('Copied')).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split('\n')).toHaveLength(5);
  expect(copied).toContain('\n5\tPackage\tThis value is not allowed.\tUse softphone, basic, standard or premium.');

  const strict = page.getByRole('checkbox', { name: 'Import only if every row is valid' });
  const submit = page.getByRole('button', { name: 'Import 2 users' });
  await strict.check();
  await expect(submit).toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByText('Nothing is imported while a row is refused.')).toBeVisible();
  await strict.uncheck();
  await submit.click();
  await expect(page.getByRole('heading', { name: '2 users imported' })).toBeVisible();
  await expectNumbers(page, 2, 0, 3);
  expect(await problems(page)).toHaveLength(4);
  await expectAccessible(page);
  const way = page.getByRole('navigation', { name: 'Where you are' });
  await expect(way.getByRole('link', { name: 'Costa Verde Hotels' })).toBeVisible();
  await page.getByRole('link', { name: 'Show User Status' }).click();
  await expect(way.getByRole('link', { name: 'Costa Verde Hotels' })).toBeVisible();
  await expect(hub.user('new1@costaverde.example')).toBeVisible();
  await expect(hub.user('new4@costaverde.example')).toContainText('Di, Dr. Lee');
  await expect(hub.user('new2@costaverde.example')).toHaveCount(0);
});

/** As spreadsheets hand it on: names in another case, an empty end cut off, a number that was computed, marks that nobody sees. */
const DAMAGED = [
  ' broadworks id , FIRST NAME,Last name,Enterprise ID,E-mail,package,Primary Phone,Shoe size',
  's1@costaverde.example,Ann,Lee,Northwind+costaverde,ann@costaverde.example,Standard,+442079460001,38',
  's2@costaverde.example,Bob,Lee,Northwind+costaverde,,PREMIUM',
  's3@costaverde.example,Cy,Lee,Northwind+costaverde,,standard,4.42079E+11,',
  's4@costaverde.example,\u200bDi\u200b,Lee,Northwind+costaverde',
  's5@costa\u200bverde.example,Ed,Lee,Northwind+costaverde',
].join('\r\n');

test('what a spreadsheet leaves out is empty, what it has damaged is refused in its cell', async ({ hub, page }) => {
  await choose(page, DAMAGED);
  await expectNumbers(page, 3, 0, 2);
  await expect(page.getByText('Columns that were not read, because they are unknown:')).toContainText('Shoe size');
  expect(await problems(page)).toEqual([
    [
      '4',
      'Primary Phone',
      'A spreadsheet has changed this value. 45017',
      'Format the column as text, enter the value again and save the file once more.',
    ],
    [
      '6',
      'BroadWorks ID',
      'This value is not allowed. 45001',
      'Use unaccented letters, digits and signs, and no space or any of " \\ / :',
    ],
  ]);
  await page.getByRole('button', { name: 'Import 3 users' }).click();
  await page.getByRole('link', { name: 'Show User Status' }).click();
  await expect(hub.user('s1@costaverde.example')).toContainText('Standard');
  await expect(hub.user('s2@costaverde.example')).toContainText('Premium');
  await expect(hub.user('s4@costaverde.example').getByRole('cell', { name: 'Di Lee', exact: true })).toBeVisible();
  await expect(hub.user('s3@costaverde.example')).toHaveCount(0);
});

test('Import by keyboard, once more with the same file, and with another one', async ({ page }) => {
  const good = `${HEADER}\nk1@costaverde.example;`.replaceAll(',', ';') + 'Ann;Lee;Northwind+costaverde;;';
  await choose(page, good);
  const submit = page.getByRole('button', { name: 'Import 1 user' });
  await submit.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: '1 user imported' })).toBeFocused();
  await page.getByRole('button', { name: 'Import another file' }).press('Enter');
  await expect(page.getByRole('heading', { name: 'Import users' })).toBeFocused();
  await choose(page, good);
  await expectNumbers(page, 0, 1, 0);
  await expect(page.getByText('There are no new users in this file.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Import \d/ })).toHaveCount(0);
  await choose(page, HEADER);
  await expect(page.getByText('There is no row in this file.')).toBeVisible();
});

test('the file field speaks the language of the hub, and names the file', async ({ hub, page }) => {
  const field = page.getByLabel('CSV file');
  await expect(field).toHaveAccessibleName('CSV file Choose file');
  await expect(page.getByText('No file chosen')).toBeVisible();
  await hub.speak('Български');
  await expect(page.locator('.file')).toHaveText('Избор на файлНяма избран файл');
  await hub.speak('Italiano');
  await expect(page.locator('.file')).toHaveText('Scegli fileNessun file scelto');
  // By the keyboard, and by a click anywhere on it.
  for (const open of [() => page.getByLabel('File CSV').press('Enter'), () => page.locator('.file').click()]) {
    const chooser = page.waitForEvent('filechooser');
    await open();
    await (await chooser).setFiles({ name: 'utenti.csv', mimeType: 'text/csv', buffer: Buffer.from(HEADER) });
    await expect(page.locator('.file')).toHaveText('Scegli fileutenti.csv');
    await expect(page.getByText('In questo file non ci sono righe.')).toBeVisible();
  }
  await expectAccessible(page);
});

test('what is no table of users is refused, with its line', async ({ page }) => {
  const row = 'n1@costaverde.example,Ann,Lee,Northwind+costaverde,,';
  const files: [string | Buffer, string][] = [
    ['Name,Phone\nAnn,1', 'Line 1: There is no column BroadWorks ID.'],
    [`${HEADER},email\n${row},`, 'Line 1: There are two columns Email. Remove one of them.'],
    [`${HEADER}\n${row}\nn2,"Bob,Lee,acme,,\n${row}`, 'Line 3: A quotation mark in this row is never closed.'],
    [Buffer.from(`${HEADER}\n${row}\nn2,Ren\u00e9,Lee,acme,,`, 'latin1'), 'Line 3: This is not UTF-8.'],
  ];
  for (const [file, words] of files) {
    await choose(page, file);
    await expect(page.getByRole('alert')).toContainText(words);
  }
  await expect(page.getByRole('alert')).toContainText('Save it as CSV in UTF-8 with the column names of Export.');
  await expectAccessible(page);
  await choose(page, Buffer.alloc((32 << 20) + 1, 'x'));
  await expect(page.getByRole('alert')).toContainText('The file is larger than 32 MB.');
});

test('what Export writes, Import reads', async ({ hub, page, visit }) => {
  const here = page.url();
  await page.goBack();
  await hub.at('User Status');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export', exact: true }).click();
  const exported = await readFile(await (await download).path());
  const users = exported.toString().trim().split('\r\n').length - 1;
  await visit(here);
  await choose(page, exported);
  await expectNumbers(page, 0, users, 0);

  await visit(here.replace(/\/import.*/, '/users'));
  const { row, id } = await hub.firstIn('Error');
  await hub.choose(row, 'Delete User');
  await hub.dialog('Delete User').getByRole('button', { name: 'Delete User', exact: true }).click();
  await expect(row).toHaveCount(0, hub.undone);
  await visit(here);
  await choose(page, exported);
  await expectNumbers(page, 1, users - 1, 0);
  await page.getByRole('button', { name: 'Import 1 user' }).click();
  await page.getByRole('link', { name: 'Show User Status' }).click();
  await expect(hub.user(id)).toBeVisible();
});

test('a long file shows how far it is, and its users appear on an open list by themselves', async ({ context, page }) => {
  const other = await context.newPage();
  await other.goto(page.url().replace(/\/import.*/, '/users'));
  await expect(other.locator('body')).toHaveAttribute('data-hydrated', 'true');
  const rows = Array.from({ length: 6_000 }, (_, n) => `many${n}@costaverde.example,Ann,Lee,Northwind+costaverde,,`);
  await choose(page, [HEADER, ...rows].join('\n'));
  await page.getByRole('button', { name: 'Import 6000 users' }).click();
  await expect(page.getByRole('progressbar', { name: 'Progress of the import' })).toBeVisible();
  await expect(page.getByText(/Importing: \d+ of 6000 rows/)).toBeVisible();
  await expect(page.getByRole('heading', { name: '6000 users imported' })).toBeVisible({ timeout: 100_000 });
  await expect(other.getByText(/many\d+@costaverde.example/).first()).toBeVisible();
});

test("only the partner's own pages may send a file, and only to its own template", async ({ demo, hub, page }) => {
  const upload = `${new URL(page.url()).pathname.replace(/\/import$/, '/users.csv')}?dry_run=false&all_or_nothing=false`;
  const data = `${HEADER}\nx1@costaverde.example,Ann,Lee,Northwind+costaverde,,\n`;
  const csv = { 'content-type': 'text/csv' };
  const post = async (headers: Record<string, string>) => (await page.request.post(upload, { data, headers })).status();
  const own = { ...csv, origin: demo.url };
  expect(await post(csv), 'from nowhere').toBe(403);
  expect(await post({ ...csv, origin: 'https://evil.example' })).toBe(403);
  expect(await post({ ...own, 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await post({ ...own, 'content-type': 'text/plain' })).toBe(415);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await hub.at('Sign in to the partner hub');
  expect(await post(own), 'signed out').toBe(401);
  const told = await demo.command('admin', 'add', 'other@example.com', '--partner', 'Southwind');
  await hub.signIn({ email: 'other@example.com', password: /^password\s+(\S+)$/m.exec(told)?.[1] ?? '' });
  expect(await post(own), 'of another partner').toBe(404);
});
