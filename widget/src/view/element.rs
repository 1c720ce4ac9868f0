//! Elements, written by hand into the document and kept up to date by Leptos's effects.
//!
//! The `view!` macro gives every shape of element a type of its own, and each type its own copy of
//! the code that builds it: a form of four screens weighed 51 KB brotli in a trial, and this one
//! has twelve. Here every element is one [`El`] and every handler one boxed closure, so a further
//! screen costs its words and little else.

use crate::live::effect;
use std::any::Any;
use std::cell::RefCell;

use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, Event, Node};

/// An element of the widget, with what keeps it alive: its listeners and effects.
///
/// Behind one pointer: passed from call to call in a register, which is most of what a screen's
/// code is made of.
pub(crate) struct El(Box<Inner>);

struct Inner {
    node: Element,
    kept: Vec<Box<dyn Any>>,
}

/// A new element.
pub(crate) fn el(tag: &str) -> El {
    El::of(document().create_element(tag))
}

impl El {
    /// Only a misspelt tag of ours fails; a comment is shown in its place.
    fn of(created: Result<Element, JsValue>) -> El {
        let node = created.unwrap_or_else(|_| document().create_comment("").unchecked_into());
        El(Box::new(Inner {
            node,
            kept: Vec::new(),
        }))
    }

    /// Sets the class list.
    pub(crate) fn class(self, class: &str) -> El {
        self.attr("class", class)
    }

    /// Sets an attribute.
    pub(crate) fn attr(self, name: &str, value: &str) -> El {
        let _ = self.0.node.set_attribute(name, value);
        self
    }

    /// Sets an attribute without a value.
    pub(crate) fn flag(self, name: &str, on: bool) -> El {
        if on { self.attr(name, "") } else { self }
    }

    /// Sets a property, such as what a field holds.
    pub(crate) fn prop(self, name: &str, value: impl Into<JsValue>) -> El {
        crate::js::set(&self.0.node, name, value.into());
        self
    }

    /// Adds text: never markup.
    pub(crate) fn text(self, text: &str) -> El {
        let _ = self.0.node.append_child(&document().create_text_node(text));
        self
    }

    /// Adds markup of our own, such as a drawing. Nothing that came from outside passes here.
    pub(crate) fn markup(self, markup: &'static str) -> El {
        let _ = self.0.node.insert_adjacent_html("beforeend", markup);
        self
    }

    /// The same for markup put together from our own pieces.
    pub(super) fn drawing(self, markup: &str) -> El {
        let _ = self.0.node.insert_adjacent_html("beforeend", markup);
        self
    }

    /// Adds a child.
    pub(crate) fn child(mut self, child: El) -> El {
        let _ = self.0.node.append_child(&child.0.node);
        self.0.kept.extend(child.0.kept);
        self
    }

    /// Adds children.
    pub(crate) fn children(self, children: impl IntoIterator<Item = El>) -> El {
        children.into_iter().fold(self, El::child)
    }

    /// Adds a child if there is one.
    pub(crate) fn maybe(self, child: Option<El>) -> El {
        self.children(child)
    }

    /// Listens for an event.
    pub(crate) fn on(self, event: &str, handler: impl Fn(Event) + 'static) -> El {
        self.listen(event, Box::new(handler))
    }

    fn listen(mut self, event: &str, handler: Box<dyn Fn(Event)>) -> El {
        let closure: Closure<dyn Fn(Event)> = Closure::wrap(handler);
        let _ = self
            .0
            .node
            .add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
        self.0.kept.push(Box::new(closure));
        self
    }

    /// Adds children that are made anew whenever a signal read in `content` changes.
    pub(crate) fn live(self, content: impl Fn() -> Vec<El> + 'static) -> El {
        self.follow(Box::new(content))
    }

    fn follow(mut self, content: Box<dyn Fn() -> Vec<El>>) -> El {
        let marker: Node = document().create_comment("").into();
        let _ = self.0.node.append_child(&marker);
        let shown = RefCell::new(Vec::new());
        self.0.kept.push(Box::new(effect(Box::new(move || {
            drop(shown.take());
            let fresh: Vec<Mounted> = content().into_iter().map(Mounted).collect();
            if let Some(parent) = marker.parent_node() {
                for Mounted(el) in &fresh {
                    let _ = parent.insert_before(&el.0.node, Some(&marker));
                }
            }
            shown.replace(fresh);
        }))));
        self
    }

    /// Adds text that follows the signals read in `text`.
    pub(crate) fn live_text(self, text: impl Fn() -> String + 'static) -> El {
        self.follow_text(Box::new(text))
    }

    fn follow_text(mut self, text: Box<dyn Fn() -> String>) -> El {
        let node = document().create_text_node("");
        let _ = self.0.node.append_child(&node);
        self.0
            .kept
            .push(Box::new(effect(Box::new(move || node.set_data(&text())))));
        self
    }

    /// Sets or removes an attribute as the signals read in `value` change.
    pub(crate) fn live_attr(
        self,
        name: &'static str,
        value: impl Fn() -> Option<String> + 'static,
    ) -> El {
        self.follow_attr(name, Box::new(value))
    }

    fn follow_attr(mut self, name: &'static str, value: Box<dyn Fn() -> Option<String>>) -> El {
        let node = self.0.node.clone();
        let set = RefCell::new(None);
        self.0.kept.push(Box::new(effect(Box::new(move || {
            let value = value();
            // What is set again as it is has the browser look for its style anew: every tile's at
            // every letter that is typed.
            if set.replace(Some(value.clone())) == Some(value.clone()) {
                return;
            }
            let _ = match value {
                Some(value) => node.set_attribute(name, &value),
                None => node.remove_attribute(name),
            };
        }))));
        self
    }

    /// Runs `with` as the signals read in it change, with the element at hand.
    pub(crate) fn follow_with(mut self, with: impl Fn(&Element) + 'static) -> El {
        let node = self.0.node.clone();
        self.0
            .kept
            .push(Box::new(effect(Box::new(move || with(&node)))));
        self
    }

    /// The element itself.
    pub(crate) fn node(&self) -> &Element {
        &self.0.node
    }

    /// Puts it into `parent`; it stays until the answer is dropped.
    pub(crate) fn mount(self, parent: &Node) -> Mounted {
        let _ = parent.append_child(&self.0.node);
        Mounted(self)
    }
}

/// An element in the document; taken out of it when dropped.
pub(crate) struct Mounted(El);

impl Drop for Mounted {
    fn drop(&mut self) {
        // Out of the document first: leaving it may still fire events at listeners.
        self.0.0.node.remove();
    }
}

/// The page's document. The widget runs nowhere else.
pub(crate) fn document() -> Document {
    crate::js::get(&js_sys::global(), "document").unchecked_into()
}
