//! Name classes: which names an element or an attribute may have (RELAX NG 6.1; wildcards of schemas).

/// A set of names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NameClass {
    /// One name: namespace (empty for none), local name.
    Name(String, String),
    /// Every name of a namespace.
    Namespace(String),
    Any,
    /// The first, less the second.
    Except(Box<NameClass>, Box<NameClass>),
    Choice(Box<[NameClass]>),
}

impl NameClass {
    /// Whether the name belongs to it.
    pub fn contains(&self, namespace: &str, local: &str) -> bool {
        match self {
            NameClass::Name(wanted, name) => name == local && wanted == namespace,
            NameClass::Namespace(wanted) => wanted == namespace,
            NameClass::Any => true,
            NameClass::Except(class, except) => {
                class.contains(namespace, local) && !except.contains(namespace, local)
            }
            NameClass::Choice(classes) => classes.iter().any(|class| class.contains(namespace, local)),
        }
    }

    /// Every name and namespace it speaks of.
    pub fn mentions(&self, of: &mut impl FnMut(&str, Option<&str>)) {
        match self {
            NameClass::Name(namespace, local) => of(namespace, Some(local)),
            NameClass::Namespace(namespace) => of(namespace, None),
            NameClass::Any => {}
            NameClass::Except(class, except) => {
                class.mentions(of);
                except.mentions(of);
            }
            NameClass::Choice(classes) => classes.iter().for_each(|class| class.mentions(of)),
        }
    }
}
