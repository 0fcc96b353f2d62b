import type { Design } from '../model/design.js';

/** The design with levels numbered: their names, which may be those of people, stay out of what other machines get. */
export function withoutLevelNames(design: Design): Design {
  return { ...design, random: design.random.map((term) => ({ ...term, levels: term.levels.map((_, level) => String(level + 1)) })) };
}
