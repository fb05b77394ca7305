import { html, type Markup } from '../../markup.ts';

/** Neighbours in the inventory get hues that are far apart: multiples of the golden angle. */
const goldenAngleDegrees = 137.5;

/** Style rules that give each type of the inventory a hue. */
export function hueRules(types: readonly string[]): Markup {
  return html`${types.map((_, index) => html`.t${index} { --hue: ${(index * goldenAngleDegrees) % 360}; }\n`)}`;
}

/** The class that has the hue of a type; none for a type that is not in the inventory, which is drawn in the default hue. */
export function hueClasses(types: readonly string[]): (type: string) => string {
  const classes = new Map(types.map((type, index) => [type, `t${index}`]));
  return (type) => classes.get(type) ?? '';
}
