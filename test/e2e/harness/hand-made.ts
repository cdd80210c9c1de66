import { handMadeFiles, type Variant } from '../../fakes/hand-made-texts.ts';
import { type Account, output } from './inside.ts';
import type { Installation } from './installation.ts';
import type { Stand } from './on-each-engine.ts';

export interface HandMadeStack {
  readonly variant: Variant;
  /** `shell`: exported in the shell that starts the stack, and nowhere else. */
  readonly tokenIn: 'env' | 'shell';
}

/** A person at the stack's directory. */
export interface Person {
  /** Runs a command there, with the token exported if that is how it is kept. */
  type(...argv: readonly string[]): Promise<string>;
  /** `docker compose`, or what this engine has. */
  compose(...argv: readonly string[]): Promise<string>;
}

/** openssl as the guide has it (facts 4.5). */
const recipe = (domain: string): readonly string[] => [
  'req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=mcp-tunnel-ca -keyout data/ca.key -out data/ca.crt' +
    ' -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign -addext subjectKeyIdentifier=hash',
  `req -newkey rsa:2048 -nodes -subj /CN=${domain} -keyout data/tls.key -out server.csr`,
  'x509 -req -in server.csr -CA data/ca.crt -CAkey data/ca.key -CAcreateserial -out data/tls.crt -days 90 -extfile data/tls.ext',
];

/**
 * The vendor's guide, or the plugin's, followed by hand: with a shell, openssl and Compose, and none
 * of our code but the simulator. The stack is not started.
 */
export async function layOutByHand(
  { engine, images }: Stand,
  { dir, tunnel, account }: Installation,
  { variant, tokenIn }: HandMadeStack,
): Promise<Person> {
  const exported = tokenIn === 'shell' ? { env: { TUNNEL_TOKEN: tunnel.token } } : {};
  const as: { readonly as: Account } = { as: account };
  const type = (...argv: readonly string[]) =>
    output(engine, argv, { ...as, ...exported, cwd: dir });
  const files = handMadeFiles(variant, {
    ...{ domain: tunnel.domain, images },
    ...(tokenIn === 'env' ? { token: tunnel.token } : {}),
  });
  await output(engine, ['mkdir', '-p', `${dir}/config`, `${dir}/data`], as);
  for (const [name, input] of Object.entries(files))
    await output(engine, ['sh', '-c', `cat > ${dir}/${name}`], { ...as, input });
  if (files['.env'] !== undefined) await type('chmod', '600', '.env');
  for (const line of recipe(tunnel.domain)) await type('openssl', ...line.split(' '));
  await type('chmod', '644', 'data/tls.key');
  const isOld = engine.flavour.name === 'engine-20.10';
  const command = isOld ? ['docker-compose'] : ['docker', 'compose'];
  return { type, compose: (...argv) => type(...command, ...argv) };
}
