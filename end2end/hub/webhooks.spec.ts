/** Webhooks: added, tested, told, sent again, paused, removed. */
import { createServer, type Server as Listener } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Page } from '@playwright/test';
import { expectAccessible } from '../accessible.ts';
import { expect, test as base } from '../fixtures.ts';
import type { Hub } from '../hub.ts';

/** A partner's system that is told: it keeps what it hears and answers with this status. */
class Ear {
  status = 204;
  readonly heard: { id: string; type: string }[] = [];
  private constructor(private readonly listener: Listener) {}

  static async listen(): Promise<Ear> {
    const ear: Ear = new Ear(
      createServer((request, response) => {
        let body = '';
        request.on('data', (text) => (body += text));
        request.on('end', () => {
          ear.heard.push({ id: String(request.headers['webhook-id']), type: JSON.parse(body).type });
          response.writeHead(ear.status).end();
        });
      }),
    );
    await new Promise<void>((resolve) => ear.listener.listen(0, '127.0.0.1', resolve));
    return ear;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.listener.address() as AddressInfo).port}/hook?token=secret`;
  }

  close(): void {
    this.listener.closeAllConnections();
    this.listener.close();
  }
}

const test = base.extend<{ ear: Ear }>({
  ear: async ({}, use) => {
    const ear = await Ear.listen();
    await use(ear);
    ear.close();
  },
});

test.beforeEach(async ({ hub, page }) => {
  await hub.signIn();
  await page.getByRole('navigation', { name: 'Hub' }).getByRole('link', { name: 'Webhooks' }).click();
  await hub.at('Webhooks');
});

async function add(hub: Hub, page: Page, url: string, ...events: string[]): Promise<void> {
  await page.getByRole('button', { name: 'Add webhook' }).click();
  const form = hub.dialog('Add webhook');
  await expect(form.getByRole('textbox', { name: 'Address' })).toBeFocused();
  await form.getByRole('textbox', { name: 'Address' }).fill(url);
  for (const event of events) await form.getByRole('checkbox', { name: event, exact: true }).check();
  await form.getByRole('button', { name: 'Add webhook' }).click();
}

test('one is added with its secret shown once, tested, paused, resumed and removed', async ({ ear, hub, page }) => {
  await expect(page.getByText('No webhooks yet')).toBeVisible();
  await expectAccessible(page);
  await add(hub, page, ear.url);
  const added = hub.dialog('Webhook added');
  const secret = await added.getByRole('textbox', { name: 'Secret' }).inputValue();
  expect(secret).toMatch(/^whsec_/);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(added.getByRole('alert')).toContainText('Copy the secret first');
  await added.getByRole('button', { name: 'I have copied it' }).click();
  const row = page.getByRole('table', { name: 'Webhooks' }).getByRole('row').filter({ hasText: ear.url });
  await expect(row).toContainText('Active');
  await page.reload();
  expect(await page.content()).not.toContain(secret);
  await expectAccessible(page);

  await row.getByRole('link').click();
  await hub.at(new URL(ear.url).host);
  await expect(page.getByText('Nothing here')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Send test' }).click();
  await expect(page.getByText(/^The test was taken: status 204, \d+ ms$/)).toBeVisible();
  ear.status = 500;
  await page.getByRole('button', { name: 'Send test' }).click();
  await expect(page.getByText('The test was not taken: status 500')).toBeVisible();
  expect(ear.heard.map(({ type }) => type)).toEqual(['webhook.test', 'webhook.test']);

  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  const pause = hub.dialog('Pause webhook');
  await expectAccessible(page);
  await pause.getByRole('button', { name: 'Pause webhook' }).click();
  await expect(page.getByText('An administrator paused it')).toBeVisible();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();

  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  const remove = hub.dialog('Remove webhook');
  await remove.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await remove.getByRole('button', { name: 'Remove webhook' }).click();
  await hub.at('Webhooks');
  await expect(page.getByText('No webhooks yet')).toBeVisible();
});

test('what it was told is listed as it happens, and sent again', async ({ ear, hub, page }) => {
  await add(hub, page, ear.url, 'Updating');
  await hub.dialog('Webhook added').getByRole('button', { name: 'I have copied it' }).click();
  await page.getByRole('link', { name: 'Customers' }).click();
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row, id } = await hub.firstIn('Provisioned');
  await hub.choose(row, 'Change Package Type');
  await hub.dialog('Change Package Type').getByRole('radio', { name: 'Basic' }).check();
  await hub.dialog('Change Package Type').getByRole('button', { name: 'Save' }).click();
  await expect(hub.dialog('Change Package Type')).toBeHidden();
  await expect.poll(() => ear.heard.length).toBeGreaterThanOrEqual(2);

  await page.getByRole('navigation', { name: 'Hub' }).getByRole('link', { name: 'Webhooks' }).click();
  await page.getByRole('link', { name: ear.url }).click();
  const told = page.getByRole('table', { name: 'Deliveries' }).getByRole('row').filter({ hasText: id });
  await expect(told).toHaveCount(2);
  await expect(told.filter({ hasText: 'Delivered' })).toHaveCount(2);
  await expect(told.first()).toContainText('204');
  await expectAccessible(page);
  const before = ear.heard.length;
  await told.filter({ hasText: 'Updating' }).getByRole('button', { name: 'Send again' }).click();
  await expect.poll(() => ear.heard.length).toBe(before + 1);
  expect(ear.heard.slice(0, before).map((one) => one.id)).toContain(ear.heard.at(-1)!.id);
  // The page looks again by itself.
  await expect(told.filter({ hasText: 'Updating' })).toContainText('Delivered');
  await page.getByRole('navigation', { name: 'Deliveries' }).getByRole('link', { name: 'Given up' }).click();
  await expect(page.getByText('Nothing here')).toBeVisible();
});

test('what is missing or refused is said, and what was typed is kept', async ({ hub, page }) => {
  await add(hub, page, '');
  const form = hub.dialog('Add webhook');
  await expect(form.getByText('Enter the address.')).toBeVisible();
  await expect(form.getByRole('textbox', { name: 'Address' })).toBeFocused();
  await form.getByRole('textbox', { name: 'Address' }).fill('hooks.example.com');
  await form.getByRole('button', { name: 'Add webhook' }).click();
  await expect(form.getByRole('alert')).toContainText('The address cannot receive webhooks.');
  await expect(form.getByRole('textbox', { name: 'Address' })).toHaveValue('hooks.example.com');
  await expect(form.getByRole('textbox', { name: 'Address' })).toBeFocused();
  await expectAccessible(page);
  for (const event of ['Provisioned', 'Error', 'Deleted']) await form.getByRole('checkbox', { name: event, exact: true }).uncheck();
  await form.getByRole('button', { name: 'Add webhook' }).click();
  await expect(form.getByText('Select at least one')).toBeVisible();
});
