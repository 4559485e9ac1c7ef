// Package build makes real packages without any toolchain: .crate files and
// cargo's publish request, wheels and sdists, and it sends them to registries
// as cargo and twine do. Nothing is compiled: a wheel that would hold a native
// module holds a text in its place that says so.
package build
