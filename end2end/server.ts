/** A real server, with the demo's data or newly installed: the demo's build, on a port and in a folder of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Another build, such as the release, can be tried with FLOWTHROUGH_BINARY. */
const BINARY = process.env.FLOWTHROUGH_BINARY ?? resolve(import.meta.dirname, '../target/debug/flowthrough');
/** On a slow machine, or with a build for debugging, more can be given. */
const PATIENCE = Number(process.env.FLOWTHROUGH_PATIENCE ?? 10_000);

export const ADMIN = { email: 'admin@example.com', password: 'nine quiet lighthouses' };

export class Server {
  private constructor(
    /** Where it listens. */
    readonly url: string,
    private readonly folder: string,
    private readonly environment: Record<string, string>,
    private readonly process: ChildProcess,
    private readonly printed: () => string,
  ) {}

  /** Everybody in the demo, as they were when it began. */
  private everybody = '';

  /** The demo. */
  static async start(): Promise<Server> {
    const server = await Server.begin(['serve', '--demo'], {
      FLOWTHROUGH_ADMIN_EMAIL: ADMIN.email,
      FLOWTHROUGH_ADMIN_PASSWORD: ADMIN.password,
    });
    server.everybody = await server.command('demo-users');
    return server;
  }

  /** What an operator has just installed, with these settings, and nobody in it yet. */
  static install(settings: Record<string, string> = {}): Promise<Server> {
    return Server.begin(['serve'], settings);
  }

  private static async begin(command: string[], settings: Record<string, string>): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'flowthrough-end2end-'));
    const listen = `127.0.0.1:${await freePort()}`;
    const environment = {
      FLOWTHROUGH_LISTEN: listen,
      FLOWTHROUGH_PUBLIC_URL: `http://${listen}`,
      // Nobody answers there: what is known of domains does not depend on where the tests run.
      FLOWTHROUGH_NAMESERVER: '127.0.0.1:9',
      FLOWTHROUGH_DATABASE_URL: `sqlite:${join(folder, 'flowthrough.db')}`,
      ...settings,
    };
    const process = spawn(BINARY, command, { cwd: folder, env: environment });
    let printed = '';
    process.stdout.on('data', (text) => (printed += text));
    process.stderr.on('data', (text) => (printed += text));
    const server = new Server(`http://${listen}`, folder, environment, process, () => printed);
    await server.ready();
    return server;
  }

  /** The share link of a new template, at which the demo's self-activating users sign in: its BroadWorks knows this installation's, too. */
  async openPortal(demo: Server): Promise<string> {
    const [provisioningId] = (await demo.command('template', 'list')).split(/\s+/);
    const xsi = /^xsi address +(\S+)$/m.exec(await demo.command('template', 'show', provisioningId))?.[1] ?? '';
    const added = await this.command('template', 'add', 'Users', '--self-activation', '--xsi-url', xsi);
    return /^share link +(\S+)$/m.exec(added)?.[1] ?? '';
  }

  /** A value of the list of the demo's users and links. */
  told(name: string): string {
    const line = this.everybody.split('\n').find((line) => line.startsWith(`${name}  `));
    if (line === undefined) throw new Error(`the demo does not tell "${name}":\n${this.everybody}`);
    return line.slice(name.length).trim();
  }

  /** The link by which the first administrator is made, as the start prints it. */
  get setUpLink(): string {
    const link = /^set-up +(\S+)$/m.exec(this.printed());
    if (!link) throw new Error(`no set-up link was printed:\n${this.printed()}`);
    return new URL(link[1]).pathname;
  }

  /** What the server said when it panicked, which it never may. */
  get panics(): string[] {
    return this.printed().match(/.*panicked at.*\n.*/g) ?? [];
  }

  /** The path of one of the demo's links. */
  path(name: string): string {
    return new URL(this.told(name)).pathname;
  }

  /** One of the demo's lists of BroadWorks users. */
  users(name: string): string[] {
    return this.told(name).split(/\s+/);
  }

  /** Runs another command on this server's database. */
  async command(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(BINARY, args, { cwd: this.folder, env: this.environment });
    return stdout;
  }

  /** Makes the links and codes that were sent so far as many hours older. */
  async ageMessages(hours: number): Promise<void> {
    const aged = `import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=30) as database:
    for table in ("proof", "proof_secret"):
        database.execute(f"UPDATE {table} SET created_at = created_at - ?", (int(sys.argv[2]) * 3600000,))`;
    await promisify(execFile)('python3', ['-c', aged, join(this.folder, 'flowthrough.db'), String(hours)]);
  }

  /** Makes the hub's sessions as many minutes older. */
  async ageSessions(minutes: number): Promise<void> {
    const aged = `import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=30) as database:
    database.execute("UPDATE hub_session SET created_at = created_at - ?", (int(sys.argv[2]) * 60000,))`;
    await promisify(execFile)('python3', ['-c', aged, join(this.folder, 'flowthrough.db'), String(minutes)]);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGKILL');
      await once(this.process, 'exit');
    }
    await rm(this.folder, { recursive: true });
  }

  private async ready(): Promise<void> {
    for (const end = Date.now() + PATIENCE; Date.now() < end; await setTimeout(20)) {
      if (this.process.exitCode !== null || this.process.signalCode !== null) throw new Error(`the server ended:\n${this.printed()}`);
      // What it tells on start says that the one that answers is this one.
      const answer = this.printed().includes(this.url) && (await fetch(`${this.url}/readyz`).catch(() => undefined));
      if (answer && answer.ok) return;
    }
    throw new Error(`the server did not get ready:\n${this.printed()}`);
  }
}

/**
 * Below the range from which the system gives ports to whoever connects, so that nobody takes it in between; and above 10080, which
 * browsers ask nothing of.
 */
export async function freePort(): Promise<number> {
  const port = randomInt(10_081, 30_000);
  const socket = createServer();
  const free = once(socket.listen(port, '127.0.0.1'), 'listening').then(
    () => true,
    () => false,
  );
  if (!(await free)) return freePort();
  socket.close();
  await once(socket, 'close');
  return port;
}
