"""What a layered picture shows: boxes in columns, and the lines between them, each flow in exactly one line."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from gdprgraph.flows.flow import SENSITIVITIES, STANDINGS, End, Flow, Holding, Refusal
from gdprgraph.flows.flows import Flows
from gdprgraph.names import PREFIXES
from gdprgraph.words import Words, tables

#: Levels of grouping: each end alone, by kind (municipality, bank, applicant), by family (public, private, inside, …).
ALONE, KIND, FAMILY = 0, 1, 2

_PUBLIC = {PREFIXES["dpv"] + name for name in ("GovernmentalOrganisation", "LawEnforcementOrganisation", "Authority")}


def place(end: End, level: int, language: str) -> tuple[str, str, str]:
    """Key, title and shape of the box that an end stands in at a level of grouping."""
    shape = "party" if end.kind == "described" else end.kind
    if level == ALONE or shape == "country":
        return end.iri, end.label, shape
    if end.type is not None and (level == KIND or shape == "people"):
        return end.type.iri, end.type.label, shape
    family = shape
    if level == FAMILY and shape == "party":
        family = "public" if end.types & _PUBLIC else "private"
    return f"family:{family}", Words(language)(tables("flows")["families"][family]), shape


Key = tuple[int, str]
LEFT, MID, RIGHT = 0, 1, 2
COUNTRY = 99
MOST_BOXES, MOST_LINES, MOST_KIND_LINES, MOST_NOTES, MOST_GROUPS, MOST_NAMES = 34, 130, 260, 14, 30, 5


@dataclass(slots=True)
class Box:
    """One box: its column, its shape (a kind of end, `activity` or `notice`), its text, and how much stands behind it."""

    key: Key
    shape: str
    title: str
    details: list[str] = field(default_factory=list)
    members: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Line:
    """One line through boxes. `relation` is `flow`, `denied`, `holding` or `transfer`; `members` are its facts."""

    path: tuple[Key, ...]
    relation: str
    standing: str
    sensitivity: str
    conditional: bool = False
    mutual: bool = False
    note: str = ""
    members: list[Flow | Holding | Refusal] = field(default_factory=list)


@dataclass(slots=True)
class Scene:
    """All boxes and lines; `grouped` when parties and activities are shown by kind; `notes` are numbered conditions."""

    boxes: dict[Key, Box]
    lines: list[Line]
    grouped: bool
    by: str
    notes: list[str] = field(default_factory=list)


def compose(flows: Flows, by: str = "activity", group: str = "auto") -> Scene:
    """The scene of a selection; `group` is `auto`, `always` or `never`, `by` is `activity` or `system`."""
    levels = {"auto": (ALONE, KIND, FAMILY), "always": (KIND, FAMILY), "never": (ALONE,)}[group]
    for level in levels:
        scene = _Composer(flows, by, level).scene()
        columns = Counter(key[0] for key in scene.boxes)
        if level == ALONE and max(columns.values(), default=0) <= MOST_BOXES and len(scene.lines) <= MOST_LINES:
            break
        if level == KIND and len(scene.lines) <= MOST_KIND_LINES:
            break
    return scene


class _Composer:
    def __init__(self, flows: Flows, by: str, level: int) -> None:
        self.flows, self.by, self.level, self.grouped = flows, by, level, level > ALONE
        self.words = Words(flows.language)
        self.boxes: dict[Key, Box] = {}
        self.lines: dict[tuple[object, ...], Line] = {}
        self.right: dict[str, Key] = {}
        self.denied: dict[Key, list[Refusal]] = defaultdict(list)
        self.names: dict[Key, dict[str, str]] = defaultdict(dict)
        texts = {note(item, self.words) for item in (*flows, *flows.refusals) if item.conditional}
        self.noted = not self.grouped and 0 < len(texts) <= MOST_NOTES
        self.several_people = len({flow.people.iri for flow in flows}) > 1
        self.several_homes = len({item.home.iri for item in (*flows, *flows.holdings, *flows.refusals)}) > 1
        self.crowded = len({a.iri for flow in flows for a in flow.activities}) > MOST_GROUPS

    def scene(self) -> Scene:
        """Everything put together."""
        first = [flow for flow in self.flows if not flow.onward_of]
        onward = [flow for flow in self.flows if flow.onward_of]
        for flow in (*first, *onward):
            self._flow(flow)
        for holding in self.flows.holdings:
            self._holding(holding)
        for refusal in self.flows.refusals:
            self._refusal(refusal)
        if self.grouped:
            self._merge()
        lines = list(self.lines.values())
        notes: list[str] = []
        if self.noted:
            notes = list(dict.fromkeys(line.note for line in lines if line.note))
        self._details(lines)
        self._tell_apart()
        return Scene(self.boxes, lines, self.grouped, self.by, notes)

    def _box(self, column: int, end: End, member: str) -> Key:
        iri, title, shape = place(end, self.level, self.flows.language)
        self.names[column, iri][end.iri] = end.label
        return self._add((column, iri), shape, title, end.iri if self.grouped else member)

    def _add(self, key: Key, shape: str, title: str, member: str) -> Key:
        box = self.boxes.setdefault(key, Box(key, shape, title))
        box.members.add(member)
        return key

    def _mid(self, item: Flow | Holding | Refusal, systems: Iterable[End] = ()) -> Key:
        if self.by == "system":
            system = next((end for end in systems if end.kind == "system"), None)
            if system is not None:
                return self._add((MID, system.iri), "system", system.label, item.iri)
            return self._add((MID, f"none:{item.home.iri}"), "notice", self.words("no system named"), item.home.label)
        if self.grouped and self.crowded:
            kind = item.home.type if self.level == FAMILY else None
            iri, title = (kind.iri, kind.label) if kind else (item.home.iri, item.home.label)
            self.names[MID, iri][item.home.iri] = item.home.label
            member = item.activities[0].iri if item.activities else item.notice.iri
            return self._add((MID, iri), "notice", title, member)
        if not item.activities:
            return self._add((MID, item.notice.iri), "notice", item.notice.label, item.notice.iri)
        activity = item.activities[0]
        return self._add((MID, activity.iri), "activity", activity.label, item.home.label)

    def _flow(self, flow: Flow) -> None:
        source = next((self.right[iri] for iri in flow.onward_of if iri in self.right), None)
        home = {flow.home.iri}
        if (
            source is not None
            and flow.receiver.iri not in home
            and self.boxes[source].title == place(flow.sender, self.level, self.flows.language)[1]
        ):
            path = [source, self._box(source[0] + 1, flow.receiver, flow.iri)]
        else:
            mid = self._mid(flow, (*flow.via, flow.sender, flow.receiver))
            path = [mid]
            if flow.sender.iri not in home and (MID, flow.sender.iri) != mid:
                path.insert(0, self._box(LEFT, flow.sender, flow.iri))
            if (flow.receiver.iri not in home and (MID, flow.receiver.iri) != mid) or len(path) == 1:
                path.append(self._box(RIGHT, flow.receiver, flow.iri))
            if flow.sender.iri != flow.people.iri and flow.standing != "denied":
                self._about(mid, flow.people, flow)
        self.right.setdefault(flow.iri, path[-1])
        self._line(tuple(path), "flow", flow)
        for country in flow.countries:
            self._line((path[-1], self._box(COUNTRY, country, flow.iri)), "transfer", flow)

    def _holding(self, holding: Holding) -> None:
        self._about(self._mid(holding, holding.systems), holding.people, holding)

    def _about(self, mid: Key, people: End, item: Flow | Holding) -> None:
        left = self._box(LEFT, people, item.iri)
        standing = item.standing if isinstance(item, Flow) else item.assertion
        line = self.lines.setdefault(("about", left, mid), Line((left, mid), "holding", standing, "ordinary", True))
        line.conditional = line.conditional and item.conditional
        line.standing = min(line.standing, standing, key=STANDINGS.index)
        line.members.append(item)

    def _refusal(self, refusal: Refusal) -> None:
        mid = self._mid(refusal)
        if refusal.direction == "abroad":
            end = End("denied:abroad", self.words("Countries outside the EU/EEA"), "denied:abroad", "country")
            path: tuple[Key, ...] = (mid, self._box(COUNTRY, end, refusal.iri))
            self.denied[path[-1]].append(refusal)
        else:
            column = LEFT if refusal.direction == "in" else RIGHT
            name = refusal.practice.iri if self.grouped else refusal.iri
            other = self._add((column, f"denied:{name}"), "denied", refusal.practice.label, refusal.iri)
            self.denied[other].append(refusal)
            path = (other, mid) if refusal.direction == "in" else (mid, other)
        self._line(path, "denied", refusal)

    def _line(self, path: tuple[Key, ...], relation: str, item: Flow | Refusal) -> None:
        standing = item.standing if isinstance(item, Flow) else "denied"
        mutual = isinstance(item, Flow) and item.mutual
        told = note(item, self.words) if self.noted and item.conditional else ""
        key = (relation, path, standing, item.conditional and not self.grouped, mutual and not self.grouped, told)
        line = self.lines.get(key)
        if line is None:
            line = self.lines[key] = Line(path, relation, standing, item.sensitivity, item.conditional, mutual, told)
        line.members.append(item)
        line.sensitivity = min(line.sensitivity, item.sensitivity, key=SENSITIVITIES.index)
        line.conditional = line.conditional and item.conditional
        line.mutual = line.mutual and mutual

    def _merge(self) -> None:
        """Put the boxes with the fewest flows into one, where a column still has too many."""
        weight = dict.fromkeys(self.boxes, 0)
        for line in self.lines.values():
            for key in line.path:
                weight[key] += len(line.members)
        for column in sorted({key[0] for key in self.boxes}):
            here = sorted((key for key in self.boxes if key[0] == column), key=lambda key: (-weight[key], key[1]))
            if len(here) <= MOST_GROUPS:
                continue
            small = here[MOST_GROUPS - 1 :]
            merged_key: Key = (column, "kind:other")
            merged = Box(merged_key, "people" if column == LEFT else "party", self.words("other kinds"))
            for old in small:
                merged.members |= self.boxes.pop(old).members
                self.names[merged_key].update(self.names.pop(old, {}))
                self.denied[merged_key] += self.denied.pop(old, [])
            self.boxes[merged_key] = merged
            gone = set(small)
            lines: dict[tuple[object, ...], Line] = {}
            for name, line in self.lines.items():
                path = tuple(merged_key if part in gone else part for part in line.path)
                line_ = lines.setdefault((name[0], path, *name[2:]) if name[0] != "about" else ("about", *path), line)
                if line_ is not line:
                    line_.members += line.members
                    line_.sensitivity = min(line_.sensitivity, line.sensitivity, key=SENSITIVITIES.index)
                    line_.conditional, line_.mutual = line_.conditional and line.conditional, line_.mutual and line.mutual
                line.path = path
            self.lines = lines

    def _details(self, lines: list[Line]) -> None:
        """The small print in the boxes: what a receiver gets, what an activity, who is in a group, what is denied."""
        details: dict[Key, dict[tuple[str, str], dict[str, None]]] = {key: defaultdict(dict) for key in self.boxes}
        for line in lines:
            for item in line.members if not self.grouped or line.relation == "transfer" else ():
                if line.relation == "holding" and isinstance(item, Holding):
                    systems = (end.label for end in item.systems if self.by == "activity")
                    details[line.path[-1]]["", ""].update({f"{self.words('in')} {label}": None for label in systems})
                elif line.relation == "transfer" and isinstance(item, Flow):
                    details[line.path[-1]]["", ""].update(dict.fromkeys(basis.label for basis in item.bases))
                elif line.relation == "flow" and isinstance(item, Flow):
                    into = line.path[-1][0] == MID
                    about = "" if into or not self.several_people else f"{self.words('about')} {item.people.label}"
                    via = "" if into or not item.via else f"{self.words('via')} {', '.join(end.label for end in item.via)}"
                    names = sorted(item.shown, key=lambda data: (SENSITIVITIES.index(data.sensitivity), data.label.casefold()))
                    details[line.path[-1]][about, via].update(dict.fromkeys(data.label for data in names))
        for where, box in self.boxes.items():
            box.details = [self._phrase(names, ends) for ends, names in details[where].items() if any(ends)]
            box.details = [*details[where].get(("", ""), ()), *box.details]
            if self.denied[where]:
                box.details = list(dict.fromkeys(refusal.label for refusal in self.denied[where]))
            elif self.grouped and box.shape != "country":
                self._group_details(box)
            elif box.shape == "activity" and self.several_homes:
                box.details = [*sorted(box.members), *box.details]
            elif box.shape == "notice" and self.by == "activity":
                box.details = [self.words("holds for the whole notice"), *box.details]

    def _tell_apart(self) -> None:
        """Name the authority, where two boxes of a column have the same name."""
        homes = {(key, flow.home.label) for line in self.lines.values() for flow in line.members for key in line.path}
        twins = Counter((box.key[0], box.title) for box in self.boxes.values())
        for box in self.boxes.values():
            if twins[box.key[0], box.title] > 1 and box.shape != "denied" and not self.grouped:
                box.title = f"{box.title} – {', '.join(sorted(home for key, home in homes if key == box.key))}"

    def _group_details(self, box: Box) -> None:
        names = sorted(set(self.names[box.key].values()), key=str.casefold)
        if names and names != [box.title]:
            box.details = names
        if len(names) > 1:
            box.title = f"{box.title} ({len(names)})"
        if box.shape == "notice":
            number = f"{len(box.members)} {self.words('activities')}"
            box.details = [number, *box.details] if self.crowded else [self.words("holds for the whole notice")]

    def _phrase(self, names: dict[str, None], ends: tuple[str, str]) -> str:
        labels = list(names)
        if len(labels) > MOST_NAMES:
            labels = [*labels[: MOST_NAMES - 1], self.words("+\u00a0{n}\u00a0more", n=len(labels) - MOST_NAMES + 1)]
        return f"{', '.join(labels)} – {', '.join(part for part in ends if part)}"


def note(item: Flow | Holding | Refusal, words: Words) -> str:
    """The reserve that something is said with: its condition and strength, and what a flow leaves out."""
    limits = [*item.limits(words)] if isinstance(item, Flow) else [item.condition]
    return "; ".join(filter(None, (*limits, item.modality.label if item.modality else "")))
