/** A real identity provider (npm's oidc-provider), at which whoever a test names signs in with any password. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server as HttpServer } from 'node:http';
import type { Page } from '@playwright/test';
import { Provider } from 'oidc-provider';
import { freePort, type Server } from './server.ts';

const CLIENT = { id: 'flowthrough', secret: 'a secret of ours' };
const SCOPES = ['openid', 'email', 'hub'];

export class IdentityProvider {
  private constructor(
    /** As it names itself: another site than the hub's. */
    readonly issuer: string,
    private readonly http: HttpServer,
    private readonly handler: { serve: RequestListener },
  ) {}

  /** Whom it knows by which name, and what they are. */
  readonly roles = new Map<string, string[]>();

  static async start(): Promise<IdentityProvider> {
    const port = await freePort();
    const handler: { serve: RequestListener } = { serve: (_, answer) => answer.writeHead(503).end() };
    const http = createServer((request, answer) => handler.serve(request, answer));
    await once(http.listen(port, '127.0.0.1'), 'listening');
    return new IdentityProvider(`http://localhost:${port}`, http, handler);
  }

  /** What a server is told of it. */
  get settings(): Record<string, string> {
    return {
      FLOWTHROUGH_OIDC_NAME: 'Contoso',
      FLOWTHROUGH_OIDC_ISSUER: this.issuer,
      FLOWTHROUGH_OIDC_CLIENT_ID: CLIENT.id,
      FLOWTHROUGH_OIDC_CLIENT_SECRET: CLIENT.secret,
      FLOWTHROUGH_OIDC_SCOPES: 'email hub',
      FLOWTHROUGH_OIDC_ROLES: 'admins=full_administrator, desk=help_desk',
    };
  }

  /** From now on it signs people in to this server. */
  serve(server: Server): void {
    // As `flowthrough check` names it.
    const key = createHash('sha256').update(`oidc provider\n\n${this.issuer}\n${CLIENT.id}`).digest('hex').slice(0, 16);
    const provider: Provider = new Provider(this.issuer, {
      clients: [
        { client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [`${server.url}/hub/sign-in/return/${key}`] },
      ],
      scopes: SCOPES,
      claims: { openid: ['sub'], email: ['email', 'email_verified'], hub: ['roles'] },
      pkce: { required: () => true },
      cookies: { keys: ['a key of the test'] },
      findAccount: (_, id) => ({
        accountId: id,
        claims: () => ({ sub: id, email: `${id}@contoso.example`, email_verified: true, roles: this.roles.get(id) ?? [] }),
      }),
      // Nobody is asked whether they want to be known here.
      loadExistingGrant: async ({ oidc }) => {
        const grant = new provider.Grant({ clientId: oidc.client!.clientId, accountId: oidc.session!.accountId! });
        grant.addOIDCScope(SCOPES.join(' '));
        await grant.save();
        return grant;
      },
    });
    this.handler.serve = provider.callback();
  }

  /** Somebody shows it who they are. */
  async signIn(page: Page, name: string): Promise<void> {
    await page.getByPlaceholder('Enter any login').fill(name);
    await page.getByPlaceholder('and password').fill('whatever');
    await page.getByRole('button', { name: 'Sign-in' }).click();
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections();
    await once(this.http.close(), 'close');
  }
}
