import { distance } from 'fastest-levenshtein';

/** Longer words are not compared: nobody mistypes 100 characters, and the work stays bounded. */
const longestWord = 100;

/**
 * The candidate that was probably meant, whatever the case: the one with the fewest edits, at most 3
 * and at most a third of the word (at least 1); failing that, the only one that the word begins
 * (`allowed` → `allowedIps`). Undefined if nothing is near. The first wins a tie.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length === 0 || word.length > longestWord) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let fewest = Math.min(3, Math.max(1, Math.floor(wanted.length / 3)));
  for (const candidate of candidates) {
    const edits = distance(wanted, candidate.toLowerCase());
    if (edits < fewest || (edits === fewest && best === undefined)) {
      best = candidate;
      fewest = edits;
    }
  }
  return best ?? onlyBeginning(wanted, candidates);
}

function onlyBeginning(wanted: string, candidates: readonly string[]): string | undefined {
  if (wanted.length < 3) return undefined;
  const longer = candidates.filter((candidate) => candidate.toLowerCase().startsWith(wanted));
  return longer.length === 1 ? longer[0] : undefined;
}
