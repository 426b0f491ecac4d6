//! The order of the functions in the dashboard's WebAssembly. A packer finds again what it has seen in the last 32 KB: the
//! instances of one generic function, and what else is made of the same code, are to stand beside each other. In the
//! order that they come in, by size, a tenth more would have to be downloaded.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use anyhow::{Context, Result, anyhow, ensure};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{
    BinaryReaderError, CodeSectionReader, FunctionBody, FunctionSectionReader, Parser, Payload,
    TypeRef,
};

/// Functions are like each other by the runs of so many bytes that both hold.
const RUN: usize = 6;
/// Of the runs, one in so many is looked at.
const SAMPLED: u64 = 4;
/// A run that more functions hold tells little of any.
const COMMON: usize = 1_500;

/// The same program, its functions in the order that packs tightest.
pub(crate) fn arrange(program: &[u8]) -> Result<Vec<u8>> {
    let (imported, bodies) = functions(program)?;
    let order = by_likeness(&bodies);
    let mut places = vec![0; order.len()];
    for (place, &function) in order.iter().enumerate() {
        places[function] = imported + u32::try_from(place)?;
    }
    let mut module = Module::new();
    Arranged { imported, order, places }
        .parse_core_module(&mut module, Parser::new(0), program)
        .map_err(|error| anyhow!("arranging the dashboard's functions: {error}"))?;
    Ok(module.finish())
}

/// How many functions come from outside, and the bodies of the others.
fn functions(program: &[u8]) -> Result<(u32, Vec<&[u8]>)> {
    let (mut imported, mut bodies) = (0, Vec::new());
    for payload in Parser::new(0).parse_all(program) {
        match payload.context("reading the dashboard's WebAssembly")? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    ensure!(!bodies.is_empty(), "the dashboard's WebAssembly has no functions");
    Ok((imported, bodies))
}

/// Each function followed by the one that is most like it, from the largest on; where none is, by the largest.
fn by_likeness(bodies: &[&[u8]]) -> Vec<usize> {
    let held: Vec<Vec<u64>> = bodies.iter().map(|body| sampled_runs(body)).collect();
    let mut holders: HashMap<u64, Vec<usize>> = HashMap::new();
    for (function, runs) in held.iter().enumerate() {
        for &run in runs {
            holders.entry(run).or_default().push(function);
        }
    }
    holders.retain(|_, functions| functions.len() <= COMMON);
    let mut largest: Vec<usize> = (0..bodies.len()).collect();
    largest.sort_by_key(|&function| (std::cmp::Reverse(bodies[function].len()), function));
    let mut largest = largest.into_iter();
    let mut placed = vec![false; bodies.len()];
    let mut shared = vec![0; bodies.len()];
    let mut order = Vec::with_capacity(bodies.len());
    let mut next = largest.next();
    while let Some(function) = next {
        placed[function] = true;
        order.push(function);
        next = most_alike(function, &held, &holders, &placed, &mut shared)
            .or_else(|| largest.find(|&function| !placed[function]));
    }
    order
}

/// Some of the runs that a function holds, each once: which, is decided by the run itself.
fn sampled_runs(body: &[u8]) -> Vec<u64> {
    let hash = |run: &[u8]| {
        let mut hasher = DefaultHasher::new();
        run.hash(&mut hasher);
        hasher.finish()
    };
    let runs = body.windows(RUN).map(hash).filter(|run| run.is_multiple_of(SAMPLED));
    runs.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The function without a place that shares most with this one. `shared` is all zeros before and after.
fn most_alike(
    function: usize,
    held: &[Vec<u64>],
    holders: &HashMap<u64, Vec<usize>>,
    placed: &[bool],
    shared: &mut [usize],
) -> Option<usize> {
    let mut met = Vec::new();
    for &other in held[function].iter().filter_map(|run| holders.get(run)).flatten() {
        if !placed[other] {
            if shared[other] == 0 {
                met.push(other);
            }
            shared[other] += 1;
        }
    }
    let all = |other: usize| held[function].len() + held[other].len() - shared[other];
    let best = met.iter().copied().max_by(|&one, &two| {
        // Of two fractions, the larger is the one with the larger product across; of equals, the first.
        let across = (shared[one] * all(two)).cmp(&(shared[two] * all(one)));
        across.then(two.cmp(&one))
    });
    for other in met {
        shared[other] = 0;
    }
    best
}

/// Writes a program anew with its functions in another order.
struct Arranged {
    /// Functions from outside keep their numbers, which come first.
    imported: u32,
    /// Which function stands at each place.
    order: Vec<usize>,
    /// The new number of each function.
    places: Vec<u32>,
}

impl Arranged {
    /// These, as the new order has them.
    fn in_order<T>(
        &self,
        given: impl Iterator<Item = Result<T, BinaryReaderError>>,
    ) -> Result<Vec<T>, Error<anyhow::Error>> {
        let mut given = given.map(|one| one.map(Some)).collect::<Result<Vec<_>, _>>()?;
        let taken = self.order.iter().map(|&function| given.get_mut(function)?.take());
        taken
            .collect::<Option<_>>()
            .ok_or_else(|| unlike("the program's functions and their bodies differ"))
    }
}

fn unlike(what: &'static str) -> Error<anyhow::Error> {
    Error::UserError(anyhow!(what))
}

impl Reencode for Arranged {
    type Error = anyhow::Error;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Self::Error>> {
        let Some(own) = function.checked_sub(self.imported) else { return Ok(function) };
        let place = usize::try_from(own).ok().and_then(|own| self.places.get(own));
        place.copied().ok_or_else(|| unlike("a function is named that is not there"))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        for kind in self.in_order(section.into_iter())? {
            functions.function(self.type_index(kind)?);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        let bodies: Vec<FunctionBody<'_>> = self.in_order(section.into_iter())?;
        bodies.into_iter().try_for_each(|body| self.parse_function_body(code, body))
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function,
        ImportSection, Instruction, RefType, TableSection, TableType, TypeSection,
    };
    use wasmparser::{Operator, Validator};

    use super::*;

    const IMPORTED: u32 = 1;
    const FUNCTIONS: u32 = 60;

    /// Functions of three makes that take turns, each with a number of its own and a call of the next.
    fn program() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        imports.import("outside", "first", EntityType::Function(0));
        let (mut functions, mut exports) = (FunctionSection::new(), ExportSection::new());
        let mut code = CodeSection::new();
        for nth in 0..FUNCTIONS {
            functions.function(0);
            exports.export(&format!("f{nth}"), ExportKind::Func, IMPORTED + nth);
            let mut body = Function::new([]);
            body.instruction(&Instruction::I32Const(i32::try_from(nth).unwrap()));
            body.instruction(&Instruction::Drop);
            for step in 0..200 {
                body.instruction(&Instruction::I32Const(
                    1_000 * (1 + i32::try_from(nth % 3).unwrap()) + step,
                ));
                body.instruction(&Instruction::Drop);
            }
            body.instruction(&Instruction::Call(IMPORTED + (nth + 1) % FUNCTIONS));
            body.instruction(&Instruction::End);
            code.function(&body);
        }
        let kind = TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: u64::from(FUNCTIONS),
            maximum: None,
            shared: false,
        };
        let mut tables = TableSection::new();
        tables.table(kind);
        let listed: Vec<u32> = (0..FUNCTIONS).collect();
        let mut elements = ElementSection::new();
        elements.active(None, &ConstExpr::i32_const(0), Elements::Functions(listed.into()));
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&tables);
        module.section(&exports).section(&elements).section(&code);
        module.finish()
    }

    /// What stands in a program.
    struct Told {
        /// The number and the call of each function, by its place.
        bodies: Vec<(i32, u32)>,
        /// Where each export leads.
        exports: HashMap<String, u32>,
        /// What the table lists.
        listed: Vec<u32>,
    }

    fn read(program: &[u8]) -> Told {
        Validator::new().validate_all(program).unwrap();
        let (mut bodies, mut exports, mut listed) = (Vec::new(), HashMap::new(), Vec::new());
        for payload in Parser::new(0).parse_all(program) {
            match payload.unwrap() {
                Payload::CodeSectionEntry(body) => {
                    let (mut number, mut called) = (None, 0);
                    for operator in body.get_operators_reader().unwrap() {
                        match operator.unwrap() {
                            Operator::I32Const { value } => drop(number.get_or_insert(value)),
                            Operator::Call { function_index } => called = function_index,
                            _ => {}
                        }
                    }
                    bodies.push((number.unwrap(), called));
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export.unwrap();
                        exports.insert(export.name.to_owned(), export.index);
                    }
                }
                Payload::ElementSection(section) => {
                    for element in section {
                        let wasmparser::ElementItems::Functions(functions) = element.unwrap().items
                        else {
                            continue;
                        };
                        listed.extend(functions.into_iter().map(Result::unwrap));
                    }
                }
                _ => {}
            }
        }
        Told { bodies, exports, listed }
    }

    #[test]
    fn like_functions_stand_together_and_all_that_names_a_function_still_names_the_same() {
        let before = program();
        let after = arrange(&before).unwrap();
        assert_eq!(after.len(), before.len());
        let Told { bodies, exports, listed } = read(&after);
        let number = |function: u32| bodies[usize::try_from(function - IMPORTED).unwrap()].0;
        for (name, function) in exports {
            assert_eq!(name, format!("f{}", number(function)));
        }
        for (number_here, called) in &bodies {
            let next = (number_here + 1) % i32::try_from(FUNCTIONS).unwrap();
            assert_eq!(number(*called), next);
        }
        assert_eq!(listed[0], 0, "what comes from outside keeps its number");
        let listed: Vec<_> = listed[1..].iter().map(|function| number(*function)).collect();
        assert_eq!(listed, (0..i32::try_from(FUNCTIONS - IMPORTED).unwrap()).collect::<Vec<_>>());
        let makes: Vec<_> = bodies.iter().map(|(number, _)| number % 3).collect();
        let changes = makes.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert_eq!(changes, 2, "{makes:?}");
    }

    #[test]
    fn the_same_program_is_always_arranged_alike() {
        let program = program();
        assert_eq!(arrange(&program).unwrap(), arrange(&program).unwrap());
    }

    #[test]
    fn what_is_no_program_is_refused() {
        assert!(arrange(b"").is_err());
        assert!(arrange(b"not wasm at all").is_err());
        let program = program();
        assert!(arrange(&program[..program.len() / 2]).is_err());
    }
}
