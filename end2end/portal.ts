/** The activation portal, as its users see it. */
import { expect, type Locator, type Page } from '@playwright/test';

export class Portal {
  constructor(
    private readonly page: Page,
    private readonly visit: (path: string) => Promise<void>,
  ) {}

  /** What has the focus: never `<body>`, which is nothing. */
  focus(): Promise<string> {
    return this.page.evaluate(() => document.activeElement?.tagName ?? 'BODY');
  }

  /** What went wrong. */
  get problem(): Locator {
    return this.page.getByRole('alert').filter({ hasText: /./ });
  }

  async open(link: string): Promise<void> {
    await this.visit(link);
    await this.at('Activate your account');
  }

  async at(heading: string): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
  }

  async signIn(user: string, password: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'User ID of your phone service' }).fill(user);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.press('Sign in');
  }

  async enterAddress(email: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Email address' }).fill(email);
    await this.press('Continue');
  }

  async enterCode(code: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Six-digit code' }).fill(code);
    await this.press('Confirm');
  }

  async press(button: string): Promise<void> {
    await this.page.getByRole('button', { name: button, exact: true }).click();
  }

  /** Chooses a language by its own name. */
  async speak(language: string): Promise<void> {
    await this.page.locator('.locales summary').click();
    await this.page.locator('.locales').getByRole('link', { name: language, exact: true }).click();
  }

  /** The element that shows the language and opens the list of all. */
  get language(): Locator {
    return this.page.locator('.locales summary');
  }

  async expectProvisioned(): Promise<void> {
    await this.at('You are all set');
    await expect(this.page.getByRole('link', { name: /Windows/ })).toBeVisible();
  }
}
