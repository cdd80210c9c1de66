import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyType } from '../../domain/certificate.ts';

const generate = promisify(generateKeyPair);

/** Makes a key on a worker thread of Node's: the event loop goes on meanwhile. */
export async function makeKey(type: KeyType): Promise<KeyObject> {
  if (type === 'p-256') return (await generate('ec', { namedCurve: 'P-256' })).privateKey;
  const modulusLength = Number(type.slice('rsa-'.length));
  return (await generate('rsa', { modulusLength })).privateKey;
}
