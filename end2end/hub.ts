/** The partner hub, as administrators see it. */
import { expect, type Locator, type Page } from '@playwright/test';
import { ADMIN } from './server.ts';

export class Hub {
  constructor(
    private readonly page: Page,
    private readonly visit: (path: string) => Promise<void>,
  ) {}

  async at(heading: string): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
  }

  async signIn({ email, password } = ADMIN): Promise<void> {
    await this.visit('/hub');
    await this.at('Sign in to the partner hub');
    await this.enter(email, password);
    await this.at('Customer List');
  }

  /** Chooses a language by its own name. */
  async speak(language: string): Promise<void> {
    const languages = this.page.locator('.locales');
    await languages.locator('summary').click();
    await languages.getByRole('link', { name: language, exact: true }).click();
    // The list is shut, and whoever goes by keyboard is where they were.
    await expect(languages.locator('summary')).toBeFocused();
  }

  async enter(email: string, password: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Email address' }).fill(email);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  /** From the Customer List to an onboarding template, by clicking. */
  async openTemplate(customer: string, template: string): Promise<void> {
    const row = this.page.getByRole('row').filter({ hasText: customer });
    await row.getByRole('link', { name: 'View Templates' }).click();
    await this.page.getByRole('link', { name: template, exact: true }).click();
    await this.at(template);
  }

  /** From the Customer List to a template's User Status, by clicking. */
  async openUserStatus(customer: string, template: string): Promise<void> {
    await this.openTemplate(customer, template);
    await this.page.getByRole('link', { name: 'Show User Status' }).click();
    await this.at('User Status');
    await expect(this.users.first()).toBeVisible();
  }

  /** How long to wait for a deletion: it begins when it can no longer be undone. */
  readonly undone = { timeout: 3 * Number(process.env.FLOWTHROUGH_PATIENCE ?? 10_000) };

  /** The rows of the User Status list. */
  get users(): Locator {
    const table = this.page.getByRole('table', { name: 'User Status' });
    return table.getByRole('row').filter({ hasNot: this.page.getByRole('columnheader') });
  }

  /** The row of a BroadWorks ID. */
  user(broadWorksId: string): Locator {
    return this.users.filter({ hasText: broadWorksId });
  }

  /** The first row in a status. */
  async firstIn(status: string): Promise<{ row: Locator; id: string }> {
    const cell = this.page.getByRole('cell', { name: status, exact: true });
    const id = await this.users.filter({ has: cell }).first().getByRole('cell').first().innerText();
    return { row: this.user(id), id };
  }

  /** Chooses an item from the three dots at a row. */
  async choose(row: Locator, item: string): Promise<void> {
    await row.getByRole('button', { name: /^Actions/ }).click();
    await this.page.getByRole('menuitem', { name: item, exact: true }).click();
  }

  dialog(name: string): Locator {
    return this.page.getByRole('dialog', { name });
  }

  async expectStatus(row: Locator, status: string): Promise<void> {
    await expect(row.getByRole('cell', { name: status, exact: true })).toBeVisible();
  }
}
