/** A template's logo and colour on its portal. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';
import { png } from '../pixels.ts';

test('a portal has the logo and the colour of its template, in light and in dark, on a small phone too', async ({ demo, page, portal }) => {
  const link = demo.path('share link');
  const templates = (await demo.command('template', 'list')).split('\n').map((line) => line.split(/\s+/)[0]);
  const shown = await Promise.all(templates.filter(Boolean).map((id) => demo.command('template', 'show', id)));
  const template = shown.find((one) => one.includes(link)) ?? '';
  const id = /^provisioning id +(\S+)$/m.exec(template)?.[1] ?? '';
  const provider = /^partner admin +(.+)$/m.exec(template)?.[1] ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'flowthrough-logo-'));
  await writeFile(join(folder, 'logo.png'), png(1_200, 300, [122, 31, 162]));
  await demo.command('template', 'set', id, '--accent', '#7a1fa2', '--logo', join(folder, 'logo.png'));
  await rm(folder, { recursive: true });

  await portal.open(link);
  const logo = page.getByRole('img', { name: provider });
  await expect(logo).toBeVisible();
  expect(await logo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(400);
  const button = page.getByRole('button', { name: 'Sign in', exact: true });
  await page.emulateMedia({ colorScheme: 'light' });
  await expect(button).toHaveCSS('background-color', 'rgb(122, 31, 162)');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(button).not.toHaveCSS('background-color', 'rgb(122, 31, 162)');
  await expect(logo).toHaveCSS('background-color', 'rgb(255, 255, 255)');
  await page.emulateMedia({ colorScheme: null });
  await expectAccessible(page);

  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);

  await demo.command('template', 'set', id, '--accent', '', '--remove-logo');
  await portal.open(link);
  await expect(logo).toHaveCount(0);
  await expect(page.locator('.portal-provider')).toHaveText(provider);
});
