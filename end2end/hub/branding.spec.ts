/** A template's brand: its colour and logo, and how portal and mail look with them. */
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';
import { png } from '../pixels.ts';

test('an accent colour that cannot be read is refused, and the nearest one that can is offered', async ({ hub, page }) => {
  await hub.signIn();
  await hub.openTemplate('Aurora Dental Group', 'Office users');
  const field = page.getByRole('textbox', { name: 'Accent colour' });
  await field.fill('#ffd400');
  await expect(page.getByText('too pale to be read')).toBeVisible();
  await page.getByRole('button', { name: 'Update accent colour' }).click();
  await expect(field).toBeFocused();
  await expect(field).toHaveValue('#ffd400');
  await page.getByRole('button', { name: /^Use the nearest readable colour: #/ }).click();
  await expect(field).not.toHaveAttribute('aria-invalid', 'true');
  await page.getByRole('button', { name: 'Update accent colour' }).click();
  await expect(page.getByText('Accent colour saved')).toBeVisible();
  const chosen = await field.inputValue();
  await page.reload();
  await expect(field).toHaveValue(chosen);
  await expectAccessible(page);
});

test('a logo is uploaded, seen in the previews in any language, and removed', async ({ hub, page }) => {
  await hub.signIn();
  await hub.openTemplate('Aurora Dental Group', 'Office users');
  const file = page.locator('#logo_file');
  await file.setInputFiles({ name: 'logo.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') });
  await expect(page.getByRole('alert').filter({ hasText: 'SVG and other formats are not accepted' })).toBeVisible();
  await expect(page.locator('.file-name')).toHaveText('logo.svg');
  await file.setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: png(800, 200, [10, 20, 30]) });
  await expect(page.getByText('Logo saved')).toBeVisible();
  await expect(page.locator('.brand-logo img')).toBeVisible();

  await page.getByRole('textbox', { name: 'Accent colour' }).fill('#7a1fa2');
  await page.getByText('Show the preview').click();
  const portal = page.frameLocator('iframe[title="First page of the portal"]');
  await expect(portal.locator('h1')).toHaveText('Activate your account');
  await expect(portal.locator('.portal-logo')).toBeVisible();
  await expect(portal.locator('.button-primary')).toHaveCSS('background-color', 'rgb(122, 31, 162)');
  const mail = page.frameLocator('iframe[title="Message to confirm the address"]');
  await expect(mail.locator('img.logo')).toBeVisible();
  await page.getByLabel('Language of the preview').selectOption('it');
  await expect(portal.locator('html')).toHaveAttribute('lang', 'it');
  await expect(mail.locator('html')).toHaveAttribute('lang', 'it');
  await expect(page.locator('.mail-preview')).toContainText('123456');

  await page.getByRole('button', { name: 'Remove logo' }).click();
  await expect(page.getByText('Logo removed')).toBeVisible();
  await expect(page.locator('.brand-logo img')).toHaveCount(0);
  await expect(portal.locator('.portal-logo')).toHaveCount(0);
});
