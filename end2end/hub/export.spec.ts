import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';

test('Export: the whole filtered list, and no cell that a spreadsheet would calculate', async ({ hub, page }) => {
  await hub.signIn();
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const [header, ...all] = await exported(page);
  expect(header).toContain('BroadWorks ID');
  expect(all).toHaveLength(120);
  expect(all.every((row) => row.length === header.length)).toBe(true);
  expect(all.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);

  await page.getByRole('switch', { name: 'Exclude Provisioned Users' }).click();
  await expect(page).toHaveURL(/exclude_provisioned=true/);
  const [, ...pending] = await exported(page);
  const status = header.findIndex((name) => /^status$/i.test(name));
  expect(pending).toEqual(all.filter((row) => !/^provisioned$/i.test(row[status])));
  expect(pending.length).toBeLessThan(all.length);
});

async function exported(page: Page): Promise<string[][]> {
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export', exact: true }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/\.csv$/);
  return parse(await readFile(await file.path(), 'utf8'));
}

/** CSV after RFC 4180. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.replace(/^\uFEFF/, '').matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (end === '' && plain === '' && quoted === undefined) break;
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== ',') rows.push([]);
  }
  return rows.filter((row) => row.length > 0);
}
