"use strict";
/* The levels of the rule sets: how they are grouped and what they are called. */
window.Trajectory = window.Trajectory || {};

/* Lines of equal height and rule become one level; a tissue is named where the level is not the same for both. */
Trajectory.levels = (meta, scale, words) => {
  const groups = new Map();
  for (const line of meta.thresholds) {
    const y = line.y[scale];
    if (y === undefined) continue;
    const key = y.toPrecision(6);
    const group = groups.get(key) ?? { y, own: false, lines: [] };
    group.lines.push(line);
    group.own ||= line.own;
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => Trajectory.named(group, meta, scale, words));
};

Trajectory.named = (group, meta, scale, words) => {
  const tissues = [...new Set(group.lines.map((line) => line.tissue))];
  const names = [...new Set(group.lines.map((line) => Trajectory.levelValue(line, scale, words)))].join(", ");
  const isWhole = meta.tissues.length > 0 && group.lines.some((line) => meta.tissues.every((tissue) =>
    group.lines.some((other) => other.ruleset === line.ruleset && other.tissue === tissue)));
  const name = isWhole || tissues.length > 1 ? names : words.say(group.lines[0].scale === scale ? "label.level" : "label.level_of_other_scale", { level: names, tissue: words.say(`tissue.short.${tissues[0]}`) });
  const rulesets = [...new Set(group.lines.map((line) => line.ruleset))];
  const editions = Trajectory.joinedRuleSets(rulesets.map((one) => words.say(`ruleset.${one}`)));
  const by = group.lines.every((line) => line.code === "WAIVER") ? words.say("label.waiver", { ruleset: editions }) : editions;
  return { y: group.y, own: group.own, name, by };
};

/* "ELN 2021, ELN 2022" is read as "ELN 2021, 2022". */
Trajectory.joinedRuleSets = (names) => names.reduce((text, name) => {
  const [family, edition] = name.split(" ");
  return text && text.startsWith(`${family} `) && edition ? `${text}, ${edition}` : text ? `${text}, ${name}` : name;
}, "");

/* On another axis than its own a level says of what it is. */
Trajectory.levelValue = (line, scale, words) => {
  const number = words.number(line.value);
  return words.say(line.scale === scale ? `level.${scale}` : `level.other.${line.scale}`, { number });
};
