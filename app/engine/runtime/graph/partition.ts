import type { Graph, GraphNode } from './graph';

/** Nodes of one kind that run together. */
export interface GraphSegment {
  readonly kind: 'standard' | 'custom';
  /** In an order in which they can run. */
  readonly nodes: readonly GraphNode[];
  /** Values from outside, constants left out. */
  readonly inputs: readonly string[];
  /** Values that other segments or the caller want. */
  readonly outputs: readonly string[];
}

/**
 * Cuts a graph between standard and custom nodes into segments, in the order in which they run. No
 * segment depends on itself by way of another, and no two of one kind could be joined without
 * making such a circle.
 *
 * A node's level is the number of changes of kind on the longest way to it, so that within a level
 * nothing of one kind waits for the other. A node that only needs the graph's inputs and is not
 * wanted before a later level moves there: the inputs are at hand everywhere, so nothing of its own
 * has to be kept through the segments between.
 */
export function partition(graph: Graph): GraphSegment[] {
  const levels = levelsOf(graph);
  const groups = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) {
    const key = `${levels.get(node) ?? 0} ${node.custom ? 'custom' : 'standard'}`;
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  const joined = joinAll([...groups.values()]);
  return joined.map((nodes) => describe(graph, nodes, joined));
}

function levelsOf(graph: Graph): Map<GraphNode, number> {
  const makers = makersOf(graph.nodes);
  const suppliers = new Map<GraphNode, GraphNode[]>();
  const consumers = new Map<GraphNode, GraphNode[]>(graph.nodes.map((node) => [node, []]));
  for (const node of graph.nodes) {
    const found = node.dependencies.map((name) => makers.get(name)).filter((maker) => maker !== undefined);
    suppliers.set(node, found);
    for (const maker of found) consumers.get(maker)?.push(node);
  }
  const change = (a: GraphNode, b: GraphNode): number => (a.custom === b.custom ? 0 : 1);

  const earliest = new Map<GraphNode, number>();
  for (const node of graph.nodes) {
    const from = (suppliers.get(node) ?? []).map((maker) => (earliest.get(maker) ?? 0) + change(maker, node));
    earliest.set(node, Math.max(0, ...from));
  }
  const reversed = graph.nodes.toReversed();
  /** The last level at which every consumer is still served, by their levels in `at`. */
  const latest = (node: GraphNode, at: ReadonlyMap<GraphNode, number>): number => {
    const to = (consumers.get(node) ?? []).map((user) => (at.get(user) ?? 0) - change(node, user));
    return to.length > 0 ? Math.min(...to) : (earliest.get(node) ?? 0);
  };
  const bound = new Map<GraphNode, number>();
  for (const node of reversed) bound.set(node, latest(node, bound));

  const movable = new Set<GraphNode>();
  for (const node of graph.nodes) {
    const free = (bound.get(node) ?? 0) > (earliest.get(node) ?? 0);
    if (free && (suppliers.get(node) ?? []).every((maker) => movable.has(maker))) movable.add(node);
  }
  const levels = new Map<GraphNode, number>();
  for (const node of reversed)
    levels.set(node, movable.has(node) ? latest(node, levels) : (earliest.get(node) ?? 0));
  return levels;
}

/** Joins groups of one kind as long as no way leads from one to the other through a third. */
function joinAll(groups: GraphNode[][]): GraphNode[][] {
  let current = sorted(groups);
  for (;;) {
    const pair = joinable(current);
    if (!pair) return current;
    const [first, second] = pair;
    current = sorted([
      ...current.filter((group) => group !== first && group !== second),
      [...first, ...second],
    ]);
  }
}

function joinable(groups: readonly GraphNode[][]): [GraphNode[], GraphNode[]] | null {
  const next = successors(groups);
  const reaches = (from: GraphNode[], to: GraphNode[]): boolean => {
    const seen = new Set<GraphNode[]>();
    const open = [...(next.get(from) ?? [])].filter((group) => group !== to);
    for (let group = open.pop(); group; group = open.pop()) {
      if (group === to) return true;
      if (seen.has(group)) continue;
      seen.add(group);
      open.push(...(next.get(group) ?? []));
    }
    return false;
  };
  for (const [index, first] of groups.entries()) {
    for (const second of groups.slice(index + 1)) {
      if (first[0]?.custom === second[0]?.custom && !reaches(first, second)) return [first, second];
    }
  }
  return null;
}

/** Groups in an order in which they can run. Joining keeps each group's own order only by resorting. */
function sorted(groups: GraphNode[][]): GraphNode[][] {
  const next = successors(groups);
  const waitsFor = new Map(groups.map((group) => [group, 0]));
  for (const users of next.values())
    for (const user of users) waitsFor.set(user, (waitsFor.get(user) ?? 0) + 1);
  const order: GraphNode[][] = [];
  const ready = groups.filter((group) => waitsFor.get(group) === 0);
  for (let group = ready.shift(); group; group = ready.shift()) {
    order.push(group);
    for (const user of next.get(group) ?? []) {
      const left = (waitsFor.get(user) ?? 0) - 1;
      waitsFor.set(user, left);
      if (left === 0) ready.push(user);
    }
  }
  if (order.length !== groups.length) throw new Error('The segments wait for each other.');
  return order;
}

function successors(groups: readonly GraphNode[][]): Map<GraphNode[], Set<GraphNode[]>> {
  const groupOf = new Map(groups.flatMap((group) => group.map((node) => [node, group] as const)));
  const makers = makersOf(groups.flat());
  const next = new Map(groups.map((group) => [group, new Set<GraphNode[]>()]));
  for (const group of groups) {
    for (const name of group.flatMap((node) => node.dependencies)) {
      const maker = makers.get(name);
      const from = maker && groupOf.get(maker);
      if (from && from !== group) next.get(from)?.add(group);
    }
  }
  return next;
}

function describe(graph: Graph, nodes: readonly GraphNode[], groups: readonly GraphNode[][]): GraphSegment {
  const own = new Set(nodes);
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const inputs = new Set(nodes.flatMap((node) => node.dependencies).filter((name) => !made.has(name)));
  const wanted = new Set(graph.outputs);
  for (const node of groups.flat())
    if (!own.has(node)) for (const name of node.dependencies) wanted.add(name);
  return {
    kind: nodes[0]?.custom ? 'custom' : 'standard',
    nodes: graph.nodes.filter((node) => own.has(node)),
    inputs: [...inputs],
    outputs: [...made].filter((name) => wanted.has(name)),
  };
}

function makersOf(nodes: readonly GraphNode[]): Map<string, GraphNode> {
  return new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
}
