//! Elements, written by hand into the document and kept up to date by Leptos's effects.
//!
//! The `view!` macro gives every shape of element a type of its own, and each type its own copy of
//! the code that builds it: a form of four screens weighed 51 KB brotli in a trial, and this one
//! has twelve. Here every element is one [`El`] and every handler one boxed closure, so a further
//! screen costs its words and little else.

use std::any::Any;

use leptos::prelude::RenderEffect;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, Event, Node};

/// An element of the widget, with what keeps it alive: its listeners and effects.
pub(crate) struct El {
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
        El { node, kept: Vec::new() }
    }

    /// Sets the class list.
    pub(crate) fn class(self, class: &str) -> El {
        self.attr("class", class)
    }

    /// Sets an attribute.
    pub(crate) fn attr(self, name: &str, value: &str) -> El {
        let _ = self.node.set_attribute(name, value);
        self
    }

    /// Sets an attribute without a value.
    pub(crate) fn flag(self, name: &str, on: bool) -> El {
        if on { self.attr(name, "") } else { self }
    }

    /// Sets a property, such as what a field holds.
    pub(crate) fn prop(self, name: &str, value: impl Into<JsValue>) -> El {
        crate::js::set(&self.node, name, value.into());
        self
    }

    /// Adds text: never markup.
    pub(crate) fn text(self, text: &str) -> El {
        let _ = self.node.append_child(&document().create_text_node(text));
        self
    }

    /// Adds markup of our own, such as a drawing. Nothing that came from outside passes here.
    pub(crate) fn markup(self, markup: &'static str) -> El {
        let _ = self.node.insert_adjacent_html("beforeend", markup);
        self
    }

    /// The same for markup put together from our own pieces.
    pub(super) fn drawing(self, markup: &str) -> El {
        let _ = self.node.insert_adjacent_html("beforeend", markup);
        self
    }

    /// Adds a child.
    pub(crate) fn child(mut self, child: El) -> El {
        let _ = self.node.append_child(&child.node);
        self.kept.extend(child.kept);
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
        let _ = self.node.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
        self.kept.push(Box::new(closure));
        self
    }

    /// Adds children that are made anew whenever a signal read in `content` changes.
    pub(crate) fn live(self, content: impl Fn() -> Vec<El> + 'static) -> El {
        self.follow(Box::new(content))
    }

    fn follow(mut self, content: Box<dyn Fn() -> Vec<El>>) -> El {
        let marker: Node = document().create_comment("").into();
        let _ = self.node.append_child(&marker);
        self.kept.push(Box::new(RenderEffect::new(move |before: Option<Vec<Mounted>>| {
            drop(before);
            let fresh: Vec<Mounted> = content().into_iter().map(Mounted).collect();
            if let Some(parent) = marker.parent_node() {
                for Mounted(el) in &fresh {
                    let _ = parent.insert_before(&el.node, Some(&marker));
                }
            }
            fresh
        })));
        self
    }

    /// Adds text that follows the signals read in `text`.
    pub(crate) fn live_text(mut self, text: impl Fn() -> String + 'static) -> El {
        let node = document().create_text_node("");
        let _ = self.node.append_child(&node);
        self.kept.push(effect(Box::new(move || node.set_data(&text()))));
        self
    }

    /// Sets or removes an attribute as the signals read in `value` change.
    pub(crate) fn live_attr(
        mut self,
        name: &'static str,
        value: impl Fn() -> Option<String> + 'static,
    ) -> El {
        let node = self.node.clone();
        self.kept.push(effect(Box::new(move || {
            let _ = match value() {
                Some(value) => node.set_attribute(name, &value),
                None => node.remove_attribute(name),
            };
        })));
        self
    }

    /// Runs `with` as the signals read in it change, with the element at hand.
    pub(crate) fn follow_with(mut self, with: impl Fn(&Element) + 'static) -> El {
        let node = self.node.clone();
        self.kept.push(effect(Box::new(move || with(&node))));
        self
    }

    /// The element itself.
    pub(crate) fn node(&self) -> &Element {
        &self.node
    }

    /// Puts it into `parent`; it stays until the answer is dropped.
    pub(crate) fn mount(self, parent: &Node) -> Mounted {
        let _ = parent.append_child(&self.node);
        Mounted(self)
    }
}

/// An element in the document; taken out of it when dropped.
pub(crate) struct Mounted(El);

impl Drop for Mounted {
    fn drop(&mut self) {
        // Out of the document first: leaving it may still fire events at listeners.
        self.0.node.remove();
    }
}

fn effect(run: Box<dyn Fn()>) -> Box<dyn Any> {
    Box::new(RenderEffect::new(move |_: Option<()>| run()))
}

/// The page's document. The widget runs nowhere else.
pub(crate) fn document() -> Document {
    crate::js::get(&js_sys::global(), "document").unchecked_into()
}
